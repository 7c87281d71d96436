//! The methods that a property has, by its kind: what one line of `generated.rs` becomes.

/// What a setter takes for a value of a kind. A type in parentheses is a kind, too: what can become it.
macro_rules! argument {
    (bool) => { bool };
    (i32) => { i32 };
    (i64) => { i64 };
    (f64) => { f64 };
    (text) => { impl Into<String> };
    (secret) => { impl Into<::rhombus_kisi_runtime::Secret> };
    (id) => { impl TryInto<::rhombus_kisi_runtime::RhombusUuid, Error: ::std::fmt::Display> };
    (seconds) => { ::std::time::Duration };
    (milliseconds) => { ::std::time::Duration };
    (key) => { impl ::std::fmt::Display };
    (($type:ty)) => { impl Into<$type> };
}

/// The value that a field holds, from what the setter was given, or why it cannot be sent.
macro_rules! taken {
    (text $value:ident) => {
        Ok::<String, String>($value.into())
    };
    (secret $value:ident) => {
        $crate::edit::take::secret($value)
    };
    (id $value:ident) => {
        $crate::edit::take::id($value)
    };
    (seconds $value:ident) => {
        $crate::edit::take::seconds($value)
    };
    (milliseconds $value:ident) => {
        $crate::edit::take::milliseconds($value)
    };
    (($type:ty) $value:ident) => {
        Ok::<_, String>(From::from(Into::<$type>::into($value)))
    };
    ($plain:ident $value:ident) => {
        Ok::<_, String>($value)
    };
}

/// What there is to say of the values of a kind.
macro_rules! remark {
    (secret) => {
        " Text that cannot be one is an error before anything is sent: empty, in quotes, a mask such as `****abcd`, \
        or with characters other than visible ASCII."
    };
    (id) => {
        " Text that is no Rhombus id is an error before anything is sent."
    };
    (seconds) => {
        " What is not whole seconds, or too long, is an error before anything is sent."
    };
    (milliseconds) => {
        " What is not whole milliseconds, or too long, is an error before anything is sent."
    };
    ($other:tt) => {
        ""
    };
}

/// The setters of a type, one property a line: its description, its form and kind, the field, the name on the wire, and the
/// names of the methods.
macro_rules! setters {
    ($type:ident {$(
        $(#[$doc:meta])*
        $form:ident $kind:tt $field:ident $wire:literal ($($name:ident)*),
    )*}) => {
        impl<C> $crate::Edit<$crate::types::$type, C> {
            $(setters!(@$form [$(#[$doc])*] $kind $field $wire $($name)*);)*
        }
    };

    // A value.
    (@value [$($doc:tt)*] $kind:tt $field:ident $wire:literal $set:ident $maybe:ident $clear:ident) => {
        $($doc)*
        ///
        #[doc = concat!("Sets `", $wire, "`.", remark!($kind))]
        pub fn $set(self, value: argument!($kind)) -> Self {
            self.put(stringify!($set), taken!($kind value), |settings, value| settings.$field = ::rhombus_kisi_runtime::Field::Value(value))
        }

        setters!(@maybe $wire $set $maybe argument!($kind));
        setters!(@clear $field $wire $clear);
    };

    // A list, and setters for an item where items can be told apart.
    (@list [$($doc:tt)*] $kind:tt $field:ident $wire:literal $set:ident $maybe:ident $clear:ident
        $($add:ident $remove:ident)?) => {
        $($doc)*
        ///
        #[doc = concat!("Sets `", $wire, "`, replacing its contents.", remark!($kind))]
        pub fn $set(self, values: impl IntoIterator<Item = argument!($kind)>) -> Self {
            let values = values.into_iter().map(|value| taken!($kind value));
            self.put(stringify!($set), $crate::edit::contents::list(values), |settings, list| settings.$field = ::rhombus_kisi_runtime::Field::Value(list))
        }

        setters!(@maybe $wire $set $maybe impl IntoIterator<Item = argument!($kind)>);
        setters!(@clear $field $wire $clear);

        $(
            #[doc = concat!("Adds an item to `", $wire, "`, unless it is there.", remark!($kind))]
            pub fn $add(self, value: argument!($kind)) -> Self {
                self.put(stringify!($add), taken!($kind value), |settings, item| {
                    $crate::edit::contents::add(&mut settings.$field, item);
                })
            }

            #[doc = concat!("Removes an item from `", $wire, "`. An absent one changes nothing.", remark!($kind))]
            pub fn $remove(self, value: argument!($kind)) -> Self {
                self.put(stringify!($remove), taken!($kind value), |settings, item| {
                    $crate::edit::contents::remove(&mut settings.$field, &item);
                })
            }
        )?
    };

    // An object.
    (@object [$($doc:tt)*] ($type:ty) $field:ident $wire:literal $edit:ident $clear:ident) => {
        $($doc)*
        ///
        #[doc = concat!("Edits `", $wire, "`, which is created if it is absent, unless the edit is empty.")]
        pub fn $edit(mut self, edit: impl FnOnce($crate::Edit<$type>) -> $crate::Edit<$type>) -> Self {
            let problem = $crate::edit::contents::edit_object(
                &mut self.value.$field, self.scope, stringify!($edit), edit,
            );
            self.note(problem)
        }

        setters!(@clear $field $wire $clear);
    };

    // A map of objects.
    (@map [$($doc:tt)*] [$key:tt ($type:ty)] $field:ident $wire:literal
        $edit:ident $remove:ident $clear_entry:ident $clear:ident) => {
        $($doc)*
        ///
        #[doc = concat!("Edits an entry of `", $wire, "`. An absent one is added, unless the edit is empty: \
            removing and clearing do not add it. Of an existing one the rest is kept.")]
        pub fn $edit(
            mut self, key: argument!($key), edit: impl FnOnce($crate::Edit<$type>) -> $crate::Edit<$type>,
        ) -> Self {
            let problem = $crate::edit::contents::edit_entry(
                &mut self.value.$field, self.scope, stringify!($edit), key, edit,
            );
            self.note(problem)
        }

        setters!(@entries $key $field $wire $remove $clear_entry $clear);
    };

    // A map of values.
    (@values [$($doc:tt)*] [$key:tt $kind:tt] $field:ident $wire:literal
        $set:ident $maybe:ident $remove:ident $clear_entry:ident $clear:ident) => {
        $($doc)*
        ///
        #[doc = concat!("Sets an entry of `", $wire, "`.", remark!($kind))]
        pub fn $set(self, key: argument!($key), value: argument!($kind)) -> Self {
            self.put(format_args!(concat!(stringify!($set), " {}"), key), taken!($kind value), |settings, value| {
                $crate::edit::contents::insert(&mut settings.$field, &key, value);
            })
        }

        setters!(@maybe $wire $set $maybe [$key] argument!($kind));
        setters!(@entries $key $field $wire $remove $clear_entry $clear);
    };

    // A map of lists.
    (@lists [$($doc:tt)*] [$key:tt $kind:tt] $field:ident $wire:literal
        $set:ident $maybe:ident $remove:ident $clear_entry:ident $clear:ident) => {
        $($doc)*
        ///
        #[doc = concat!("Sets an entry of `", $wire, "`, replacing its contents.", remark!($kind))]
        pub fn $set(self, key: argument!($key), values: impl IntoIterator<Item = argument!($kind)>) -> Self {
            let values = $crate::edit::contents::list(values.into_iter().map(|value| taken!($kind value)));
            self.put(format_args!(concat!(stringify!($set), " {}"), key), values, |settings, list| {
                $crate::edit::contents::insert(&mut settings.$field, &key, list);
            })
        }

        setters!(@maybe $wire $set $maybe [$key] impl IntoIterator<Item = argument!($kind)>);
        setters!(@entries $key $field $wire $remove $clear_entry $clear);
    };

    // What several forms have in common.
    (@maybe $wire:literal $set:ident $maybe:ident $argument:ty) => {
        #[doc = concat!("Sets `", $wire, "` as `", stringify!($set), "` does; `None` keeps it as it is.")]
        pub fn $maybe(self, value: Option<$argument>) -> Self {
            match value {
                Some(value) => self.$set(value),
                None => self,
            }
        }
    };
    (@maybe $wire:literal $set:ident $maybe:ident [$key:tt] $argument:ty) => {
        #[doc = concat!("Sets an entry of `", $wire, "` as `", stringify!($set), "` does; `None` keeps it as it is.")]
        pub fn $maybe(self, key: argument!($key), value: Option<$argument>) -> Self {
            match value {
                Some(value) => self.$set(key, value),
                None => self,
            }
        }
    };
    (@clear $field:ident $wire:literal $clear:ident) => {
        #[doc = concat!("Clears `", $wire, "`: `null` is sent.")]
        pub fn $clear(mut self) -> Self {
            self.value.$field = ::rhombus_kisi_runtime::Field::Null;
            self
        }
    };
    (@entries $key:tt $field:ident $wire:literal $remove:ident $clear_entry:ident $clear:ident) => {
        #[doc = concat!("Leaves an entry out of `", $wire, "`.")]
        pub fn $remove(mut self, key: argument!($key)) -> Self {
            $crate::edit::contents::remove_entry(&mut self.value.$field, key);
            self
        }

        #[doc = concat!("Clears an entry of `", $wire, "`: `null` is sent for it.")]
        pub fn $clear_entry(mut self, key: argument!($key)) -> Self {
            $crate::edit::contents::clear_entry(&mut self.value.$field, key);
            self
        }

        #[doc = concat!("Clears the whole of `", $wire, "`: `null` is sent.")]
        pub fn $clear(mut self) -> Self {
            self.value.$field = ::rhombus_kisi_runtime::Field::Null;
            self
        }
    };
}
