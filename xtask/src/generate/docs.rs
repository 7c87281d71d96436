//! Descriptions as documentation comments.

/// A description as Markdown that rustdoc takes without a warning, each line led by a space.
///
/// A vendor's text is not written for rustdoc: brackets would be links, angles tags, and addresses bare.
pub(super) fn markdown(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_code = false;
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            // A vendor's sample is no doctest.
            lines.push(if in_code {
                " ```".to_owned()
            } else {
                " ```text".to_owned()
            });
            in_code = !in_code;
        } else if line.is_empty() {
            lines.push(String::new());
        } else if in_code {
            lines.push(format!(" {line}"));
        } else {
            // Four spaces at the front would make a doctest of the line.
            lines.push(format!(" {}", escape(line.trim_start())));
        }
    }
    if in_code {
        lines.push(" ```".to_owned());
    }
    lines
}

fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    let mut in_code = false;
    for (at, word) in line.split(' ').enumerate() {
        if at > 0 {
            escaped.push(' ');
        }
        let ticks = word.matches('`').count();
        let url = word.find("http://").or_else(|| word.find("https://"));
        match url {
            _ if in_code || ticks > 0 => escaped.push_str(word),
            Some(start) if !word.contains(['<', '>', '[', ']', '(', ')']) => {
                let end = word
                    .trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\''])
                    .len()
                    .max(start);
                escaped.push_str(&format!("{}<{}>{}", &word[..start], &word[start..end], &word[end..]));
            }
            _ => {
                for character in word.chars() {
                    if matches!(character, '<' | '>' | '[' | ']') {
                        escaped.push('\\');
                    }
                    escaped.push(character);
                }
            }
        }
        in_code ^= ticks % 2 == 1;
    }
    // A tick without its partner would take the rest of the paragraph.
    if in_code { escaped.replace('`', "'") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        assert_eq!(
            markdown("  a [b] <c> `d[0]`\n\n    see https://e.f/g."),
            [" a \\[b\\] \\<c\\> `d[0]`", "", " see <https://e.f/g>."]
        );
        assert_eq!(markdown("```\n<x>\n"), [" ```text", " <x>", " ```"]);
        assert_eq!(markdown("it`s"), [" it's"]);
    }
}
