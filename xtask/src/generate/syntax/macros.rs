use proc_macro2::TokenStream;
use quote::quote;

/// The name of the call that stands for one of ours until the code is laid out.
const PLACEHOLDER: &str = "laid_out_later";

/// Calls of our macros, laid out by hand: prettyplease leaves the arguments of a macro that it does not know as they
/// come, on one line.
#[derive(Debug, Default)]
pub(in crate::generate) struct Macros {
    texts: Vec<String>,
}

impl Macros {
    /// A call with one argument a line: `name! { head { pairs } tail }`.
    pub(super) fn call(&mut self, name: &str, head: &str, pairs: &[String], tail: &str) -> TokenStream {
        let pairs: String = pairs.iter().map(|pair| format!("        {pair},\n")).collect();
        self.line(format!("{name}! {{\n    {head} {{\n{pairs}    }}{tail}\n}}"))
    }

    /// A call on one line.
    pub(super) fn line(&mut self, text: String) -> TokenStream {
        let number = self.texts.len();
        self.texts.push(text);
        let name = super::tokens::ident(PLACEHOLDER);
        quote! { #name!(#number); }
    }

    /// The code with the calls in their places.
    pub(in crate::generate) fn lay_out(&self, code: &str) -> String {
        let mut laid_out = String::with_capacity(code.len() * 2);
        for line in code.lines() {
            let number = line
                .trim()
                .strip_prefix(PLACEHOLDER)
                .and_then(|rest| rest.strip_prefix("!(")?.strip_suffix("usize);"));
            match number.and_then(|number| self.texts.get(number.parse::<usize>().ok()?)) {
                Some(text) => laid_out.push_str(text),
                None => laid_out.push_str(line),
            }
            laid_out.push('\n');
        }
        laid_out
    }
}

/// Puts an empty line behind each item and method, where prettyplease puts none.
pub(in crate::generate) fn space_out(code: &str) -> String {
    let lines: Vec<&str> = code.lines().collect();
    let mut spaced = String::with_capacity(code.len() + lines.len());
    for (at, line) in lines.iter().enumerate() {
        spaced.push_str(line);
        spaced.push('\n');
        let next = lines.get(at + 1).map_or("", |next| next.trim_start());
        let ends = matches!(*line, "}" | "    }" | ");" | "};")
            || (line.starts_with("use ") && line.ends_with(';'))
            || line.starts_with("respond!(")
            || line.starts_with("pub static ");
        let goes_on = next.is_empty()
            || next.starts_with(['}', ')'])
            || next.starts_with("use ")
            || next.starts_with("pub use ")
            || next.starts_with("respond!");
        if ends && !goes_on {
            spaced.push('\n');
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::Macros;

    #[test]
    fn calls_are_put_in_their_places() {
        let mut macros = Macros::default();
        let call = macros.call("object", "Door", &["a = \"b\"".to_owned()], " extra");
        let code = prettyplease::unparse(&syn::parse2(call).unwrap());
        assert_eq!(
            macros.lay_out(&code),
            "object! {\n    Door {\n        a = \"b\",\n    } extra\n}\n"
        );
    }
}
