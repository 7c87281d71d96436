//! Text that breaks out of what it is put into, and the same without what it breaks out by.

const TEXTS: [&str; 36] = [
    "a\n*/ pub fn pwned() {} /*\nb",
    "*/ #[pwned] mod pwned {} /*",
    "\"#; fn pwned() {} r#\"",
    "\"); pwned!(\"",
    "\\\"; \\",
    "```\npwned!();\n```",
    "```rust\n# fn pwned() {}\npwned();",
    "~~~\npwned();\n~~~",
    "~~~~~~ ignore\n```\npwned();",
    "text\n\n    pwned();\n\n\tpwned();\n",
    "- item\n\n      pwned();\n1.      pwned();\n- - -      pwned();",
    "> ```\n> pwned();\n- ~~~\n  pwned();",
    "#![forbid(pwned)]\n#[derive(pwned)]",
    "laid_out_later!(0usize);\nlaid_out_later!(1usize);",
    "__generated_client generated_client",
    "object! { A { a = \"b\", } extra }\nrespond!(A);\nuse a::b;\n}",
    "<script>pwned()</script><!-- <b> </i> <T>",
    "[pwned] [a]: b [^1] [a](b) [`c`]\n\n[a]: http://b.c\n[^1]: d",
    "http://pwned.example (https://a.b) <https://c.d> https://e.f/g_(h) http://",
    "lone\rreturn\r\nboth",
    "next\u{85}line\u{2028}and\u{2029}paragraph\u{b}\u{c}",
    "right\u{202e}to\u{2066}left\u{2069}\u{200f}\u{feff}\u{200b}",
    "null\0bell\u{7}escape\u{1b}[31m delete\u{7f}",
    "r#type",
    "type",
    "Self",
    "",
    " ",
    "\n",
    "раураl Кisi \u{3b1}",
    "{} {0} {pwned} {{",
    "%s ${pwned} $crate",
    "// pwned\n/// pwned\n//! pwned\n/** pwned",
    "| a `b | <c> |\n|---|---|\n| `d | e |\n===\n---\n# f\n***",
    "`a ``b ```c \\` `d\\`\n`e\n`",
    "LONG",
];

/// How many there are.
pub(crate) const COUNT: usize = TEXTS.len();

/// A hostile text; the number makes it a name of its own.
pub(crate) fn hostile(number: usize) -> String {
    match TEXTS[number % COUNT] {
        "LONG" => format!("{}{number}", "long */ \" ```\n".repeat(2_000)),
        // What is nothing at all, and what is a name to the letter.
        text @ ("" | " " | "\n" | "type" | "r#type" | "Self") if number.is_multiple_of(2) => text.to_owned(),
        text => format!("{text}n{number}x"),
    }
}

/// The same words, so that the same names are made of them, and a name of a header where the text is one.
pub(crate) fn harmless(text: &str) -> String {
    let separator = if http::HeaderName::try_from(text).is_ok() {
        '-'
    } else {
        ' '
    };
    let harmless = |character: char| character.is_alphanumeric() || matches!(character, '_' | '/');
    let words = text
        .chars()
        .map(|character| if harmless(character) { character } else { separator });
    words.collect()
}
