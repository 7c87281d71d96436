use super::{code, line, markdown, phrase};

#[test]
fn what_rustdoc_would_misread_is_escaped() {
    assert_eq!(
        markdown("  a [b] <c> `d[0]`\n\n    see https://e.f/g."),
        [" a \\[b\\] \\<c\\> `d[0]`", "", " see <https://e.f/g>."]
    );
    assert_eq!(markdown("it`s"), [" it's"]);
    assert_eq!(
        markdown("(https://a.b/c), http://, x://y"),
        [" (<https://a.b/c>), http\\://, x\\://y"]
    );
    assert_eq!(
        markdown("a &amp; b & c \\` ~~d~~"),
        [" a \\&amp; b & c \\\\' \\~\\~d\\~\\~"]
    );
    assert_eq!(markdown("\n \n"), Vec::<String>::new());
}

#[test]
fn code_is_text_whatever_its_fence() {
    assert_eq!(markdown("```\n<x>\n"), [" ```text", " <x>", " ```"]);
    assert_eq!(
        markdown("~~~~ rust\n~~~\n```\n~~~~~\nb"),
        [" ````text", " ~~~", " ```", " ````", " b"]
    );
    assert_eq!(markdown("``` a`b"), [" ''' a'b"]);
    assert_eq!(markdown("- ```\n  x"), [" - ''' x"]);
    assert_eq!(markdown("-     x\n>     y\n\n\tz"), [" - x \\> y", "", " z"]);
}

#[test]
fn blocks_are_lists_and_paragraphs() {
    assert_eq!(markdown("* a\n  b\n* c\n\nd"), [" * a b", " * c", "", " d"]);
    assert_eq!(markdown("1. a\n2) - b"), [" 1. a", " 2) \\- b"]);
    assert_eq!(
        markdown("# a\n===\n---\n1.\n***\n|-|"),
        [" \\# a", " \\===", " \\---", " 1\\.", " \\***", " \\|-\\|"]
    );
}

#[test]
fn every_line_is_one() {
    assert_eq!(
        markdown("a\rb\r\nc\u{2028}d\u{202e}\0e"),
        [" a", " b", " c", " d\u{fffd}\u{fffd}e"]
    );
    assert_eq!(line("a\nb\t"), "a\u{fffd}b");
    assert_eq!(phrase("a\n```rust\n[b]"), "a '''rust \\[b\\]");
    assert_eq!(code("a`\n*/"), "`a'\u{fffd}*/`");
    assert_eq!(code(" "), "`\"\"`");
    assert_eq!(code(&"x".repeat(300)).chars().count(), 203);
}
