//! YAML 1.2 by its core schema. Where an older reader would see something else, or a mark swallows what was meant as text, it
//! is an error.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::super::fault::Faults;
use super::super::tree::{DEPTH, EMPTY, Form, Key, Tree};
use super::{TOO_DEEP, number};

/// How many values aliases may expand to in all.
const REPEATED: usize = 250_000;

const TAG: &str =
    "`!` begins a tag, and tags are not resolved: write the value itself, and text that begins with `!` in quotes";
const ANCHOR: &str = "`&` begins an anchor, which no alias refers to: write text that begins with `&` in quotes";
const ALIAS: &str =
    "`*` begins an alias, and there is no such anchor before it: write text that begins with `*` in quotes";
const KEY: &str = "a key has to be plain text, without an anchor, an alias or a tag";

pub(super) fn parse(text: &str) -> Result<Tree, Faults> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let mut reader = Reader {
        text,
        events: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        unused: HashMap::new(),
        used: HashSet::new(),
        repeated: 0,
        faults: Faults::default(),
    };
    let tree = reader.document()?;
    let Reader {
        unused,
        used,
        mut faults,
        ..
    } = reader;
    for (_, at) in unused.into_iter().filter(|(id, _)| !used.contains(id)) {
        faults.push(at, ANCHOR);
    }
    if faults.is_empty() { Ok(tree) } else { Err(faults) }
}

struct Reader<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    /// What each anchor names, with its size and its depth.
    anchors: HashMap<usize, (Tree, usize, usize)>,
    /// The anchors of plain values, which may have been meant as text.
    unused: HashMap<usize, usize>,
    used: HashSet<usize>,
    repeated: usize,
    faults: Faults,
}

impl<'a> Reader<'a> {
    /// The next event and the byte where it begins.
    fn next(&mut self) -> Result<(Event<'a>, Span, usize), Faults> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let at = byte(self.text, &span.start);
                Ok((event, span, at))
            }
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default(), self.text.len())),
        }
    }

    /// The parser's own words, which quote no more than one character.
    fn syntax(&mut self, error: &ScanError) -> Faults {
        let mut faults = std::mem::take(&mut self.faults);
        let at = byte(self.text, error.marker());
        match error.kind() {
            ErrorKind::UnknownAnchor => faults.push(at, ALIAS),
            ErrorKind::UndeclaredTagHandle => faults.push(at, TAG),
            ErrorKind::UnexpectedCharacter {
                character: '@' | '`' | '%',
            } => faults.push(
                at,
                "this is not YAML: text that begins with `@`, `%` or a back quote has to be in quotes",
            ),
            kind => faults.push(at, format!("this is not YAML: {kind}")),
        }
        faults
    }

    fn document(&mut self) -> Result<Tree, Faults> {
        let mut tree: Option<Tree> = None;
        let mut documents = 0;
        loop {
            let (event, span, at) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(tree.unwrap_or_else(|| Tree::table(0))),
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(Faults::one(
                            at,
                            "a second document begins here: a settings file is one document",
                        ));
                    }
                }
                Event::StreamStart | Event::DocumentEnd => {}
                // A document without anything in it is empty, as in TOML.
                Event::Scalar(_, ScalarStyle::Plain, 0, None) if span.is_empty() => tree = Some(Tree::table(at)),
                event => tree = Some(self.value(event, &span, at, 0)?),
            }
        }
    }

    fn value(&mut self, event: Event<'a>, span: &Span, at: usize, depth: usize) -> Result<Tree, Faults> {
        if depth > DEPTH {
            return Err(Faults::one(at, TOO_DEEP));
        }
        if event.tag().is_some() {
            let at = span.tag_start().map_or(at, |tag| byte(self.text, &tag));
            self.faults.push(at, TAG);
        }
        let anchor = event.anchor_id().filter(|id| *id != 0);
        let anchor = match anchor {
            Some(id) => {
                let (event, _, at) = self.next()?;
                debug_assert!(matches!(event, Event::Anchor(..)), "asked for");
                Some((id, at))
            }
            None => None,
        };
        let form = match event {
            Event::Alias(id) => return self.alias(id, at, depth),
            Event::Scalar(text, style, _, tag) => {
                let empty = span.is_empty() && style == ScalarStyle::Plain;
                match anchor {
                    Some((_, at)) if empty => self.faults.push(at, ANCHOR),
                    Some((id, at)) => {
                        self.unused.insert(id, at);
                    }
                    None => {}
                }
                match style {
                    // Told already.
                    ScalarStyle::Plain if tag.is_some() || (empty && anchor.is_some()) => Form::Null,
                    // The parser gives `~` for it.
                    _ if empty => Form::Unusable(EMPTY),
                    ScalarStyle::Plain => plain(&text),
                    _ => Form::Text(text.into_owned()),
                }
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd | Event::StreamEnd, ..) => break Form::List(items),
                        (event, span, at) => items.push(self.value(event, &span, at, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    match self.next()? {
                        (Event::MappingEnd | Event::StreamEnd, ..) => break Form::Table(entries),
                        (event, span, at) => {
                            let key = self.key(event, &span, at, depth)?;
                            let (event, span, at) = self.next()?;
                            let value = self.value(event, &span, at, depth + 1)?;
                            entries.extend(key.map(|key| (key, value)));
                        }
                    }
                }
            }
            // Events that are no values come in other places.
            _ => Form::Null,
        };
        let tree = Tree { at, form };
        if let Some((id, _)) = anchor {
            let (size, depth) = measure(&tree);
            self.anchors.insert(id, (tree.clone(), size, depth));
        }
        Ok(tree)
    }

    fn key(&mut self, event: Event<'a>, span: &Span, at: usize, depth: usize) -> Result<Option<Key>, Faults> {
        match event {
            Event::Scalar(text, _, 0, None) => Ok(Some(Key {
                at,
                name: text.into_owned(),
            })),
            event => {
                self.faults.push(at, KEY);
                self.value(event, span, at, depth + 1)?;
                Ok(None)
            }
        }
    }

    fn alias(&mut self, id: usize, at: usize, depth: usize) -> Result<Tree, Faults> {
        self.used.insert(id);
        let Some((tree, size, deep)) = self.anchors.get(&id) else {
            return Err(Faults::one(at, "this alias is inside of what it refers to"));
        };
        self.repeated = self.repeated.saturating_add(*size);
        if self.repeated > REPEATED {
            return Err(Faults::one(at, "aliases repeat too much here for settings"));
        }
        if depth + deep > DEPTH {
            return Err(Faults::one(at, TOO_DEEP));
        }
        Ok(tree.clone())
    }
}

/// How many values a tree has, and how deep it is.
fn measure(tree: &Tree) -> (usize, usize) {
    let join = |(size, depth): (usize, usize), tree: &Tree| {
        let (more, deeper) = measure(tree);
        (size + more, depth.max(deeper + 1))
    };
    match &tree.form {
        Form::List(items) => items.iter().fold((1, 0), join),
        Form::Table(entries) => entries.iter().map(|(_, value)| value).fold((1, 0), join),
        _ => (1, 0),
    }
}

fn byte(text: &str, marker: &granit_parser::Marker) -> usize {
    marker
        .byte_offset()
        .or_else(|| text.char_indices().nth(marker.index()).map(|(at, _)| at))
        .unwrap_or(text.len())
}

/// What a plain scalar is, by YAML 1.2's core schema.
fn plain(text: &str) -> Form {
    match text {
        "~" | "null" | "Null" | "NULL" => Form::Null,
        "true" | "True" | "TRUE" => Form::Bool(true),
        "false" | "False" | "FALSE" => Form::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Form::Unusable(number::NOT_FINITE),
        _ => {
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            match unsigned {
                ".inf" | ".Inf" | ".INF" => return Form::Unusable(number::NOT_FINITE),
                _ if !is_number(unsigned) => {}
                // Octal for some readers.
                _ if unsigned.len() > 1
                    && unsigned.starts_with('0')
                    && unsigned.as_bytes().get(1).is_some_and(u8::is_ascii_digit) =>
                {
                    return Form::Unusable(
                        "a number that begins with `0` is octal for some readers: write it without the zero, or text in quotes",
                    );
                }
                _ => return number::decimal(text),
            }
            for (prefix, radix) in [("0x", 16), ("0o", 8)] {
                if let Some(digits) = text.strip_prefix(prefix)
                    && !digits.is_empty()
                    && digits.chars().all(|digit| digit.is_digit(radix))
                {
                    return number::radix(digits, radix);
                }
            }
            Form::Text(text.to_owned())
        }
    }
}

/// Whether this is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    !exponent.is_empty()
        && digits(exponent)
        && !(integer.is_empty() && fraction.is_empty())
        && digits(integer)
        && digits(fraction)
}
