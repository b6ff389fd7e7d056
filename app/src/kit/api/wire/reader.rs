//! Reads JSON in little code. For each type only its JSON form is compiled, a struct as an object and a list as an
//! array. Everything that does not depend on the type is compiled once: fields and variants are looked up here, and
//! passed to the type by number.
//!
//! A type with an `alias` cannot be read: serde lists it among the other names, which shifts the numbers of those that
//! follow.

use std::borrow::Cow;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor, value::U64Deserializer,
};

use super::Unreadable;

/// Deeper than any real value: a deeper one could exhaust the stack.
const DEPTH: u8 = 100;

pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader { text, at: 0, depth: DEPTH };
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

impl Error for Unreadable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

/// The code that does not depend on the type. It is not inlined anywhere.
impl<'de> Reader<'de> {
    /// The next byte that is not white space; 0 at the end.
    #[inline(never)]
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline(never)]
    fn take(&mut self, byte: u8) -> Result<(), Unreadable> {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        if there { Ok(()) } else { Err(Unreadable) }
    }

    #[inline(never)]
    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let there = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if there { word.len() } else { 0 };
        there
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        if self.peek() == 0 && self.at == self.text.len() { Ok(()) } else { Err(Unreadable) }
    }

    #[inline(never)]
    fn enter(&mut self, open: u8) -> Result<(), Unreadable> {
        self.take(open)?;
        self.depth = self.depth.checked_sub(1).ok_or(Unreadable)?;
        Ok(())
    }

    #[inline(never)]
    fn leave(&mut self, close: u8) -> Result<(), Unreadable> {
        self.depth += 1;
        self.take(close)
    }

    /// Whether another item comes before the end of a list or an object.
    #[inline(never)]
    fn another(&mut self, close: u8, first: &mut bool) -> Result<bool, Unreadable> {
        if self.peek() == close {
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.take(b',')?;
        }
        Ok(true)
    }

    #[inline(never)]
    fn string(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        self.take(b'"')?;
        let text = self.text;
        let mut unescaped = String::new();
        loop {
            let rest = text.get(self.at..).ok_or(Unreadable)?;
            let stop = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(Unreadable)?;
            let part = &rest[..stop];
            self.at += stop + 1;
            match rest.as_bytes()[stop] {
                b'"' if unescaped.is_empty() => return Ok(Cow::Borrowed(part)),
                b'"' => return Ok(Cow::Owned(unescaped + part)),
                b'\\' => {
                    unescaped.push_str(part);
                    unescaped.push(self.escaped()?);
                }
                _ => return Err(Unreadable),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Unreadable> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(Unreadable)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.hex()?;
                // A character beyond four digits is written in two halves.
                if (0xd800..0xdc00).contains(&code) && self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    let low = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Unreadable)?;
                    code = 0x1_0000 + ((code - 0xd800) << 10) + low;
                }
                char::from_u32(code).ok_or(Unreadable)?
            }
            _ => return Err(Unreadable),
        })
    }

    fn hex(&mut self) -> Result<u32, Unreadable> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        digits.chars().try_fold(0, |code, digit| Ok(code * 16 + digit.to_digit(16).ok_or(Unreadable)?))
    }

    #[inline(never)]
    fn number(&mut self) -> Result<&'de str, Unreadable> {
        self.peek();
        let rest = &self.text[self.at..];
        let end =
            rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        self.at += end;
        if rest.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
            Ok(&rest[..end])
        } else {
            Err(Unreadable)
        }
    }

    #[inline(never)]
    fn signed(&mut self) -> Result<i64, Unreadable> {
        self.number()?.parse().map_err(|_| Unreadable)
    }

    #[inline(never)]
    fn unsigned(&mut self) -> Result<u64, Unreadable> {
        self.number()?.parse().map_err(|_| Unreadable)
    }

    #[inline(never)]
    fn boolean(&mut self) -> Result<bool, Unreadable> {
        let yes = self.word("true");
        if yes || self.word("false") { Ok(yes) } else { Err(Unreadable) }
    }

    /// Which of these fields comes next. The number after the last is for unknown fields.
    #[inline(never)]
    fn field(&mut self, names: &[&str], first: &mut bool) -> Result<Option<u64>, Unreadable> {
        if !self.another(b'}', first)? {
            return Ok(None);
        }
        let field = self.one_of(names)?;
        self.take(b':')?;
        Ok(Some(field))
    }

    #[inline(never)]
    fn one_of(&mut self, names: &[&str]) -> Result<u64, Unreadable> {
        let text = self.string()?;
        Ok(names.iter().zip(0..).find(|(name, _)| **name == text).map_or(u64::MAX, |(_, n)| n))
    }

    /// Skips the value of an unknown field.
    #[inline(never)]
    fn skip(&mut self) -> Result<(), Unreadable> {
        let (open, close) = match self.peek() {
            b'"' => return self.string().map(drop),
            b'[' => (b'[', b']'),
            b'{' => (b'{', b'}'),
            b't' | b'f' => return self.boolean().map(drop),
            b'n' => return if self.word("null") { Ok(()) } else { Err(Unreadable) },
            _ => return self.number().map(drop),
        };
        self.enter(open)?;
        let mut first = true;
        while self.another(close, &mut first)? {
            if open == b'{' {
                self.string()?;
                self.take(b':')?;
            }
            self.skip()?;
        }
        self.leave(close)
    }
}

fn visit_text<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Unreadable> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

macro_rules! as_numbers {
    ($($name:ident)+ => $read:ident, $visit:ident) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.$visit(self.$read()?)
        })+
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek() {
            b'"' => self.deserialize_str(visitor),
            b'[' => self.deserialize_seq(visitor),
            b'{' => self.deserialize_map(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            _ => {
                let number = self.number()?;
                match (number.parse(), number.parse(), number.parse()) {
                    (Ok(whole), ..) => visitor.visit_u64(whole),
                    (_, Ok(whole), _) => visitor.visit_i64(whole),
                    (.., Ok(broken)) => visitor.visit_f64(broken),
                    _ => Err(Unreadable),
                }
            }
        }
    }

    as_numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => signed, visit_i64 }
    as_numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => unsigned, visit_u64 }
    as_numbers! { deserialize_bool => boolean, visit_bool }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_f64(self.number()?.parse().map_err(|_| Unreadable)?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visit_text(self.string()?, visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.word("null") { visitor.visit_unit() } else { Err(Unreadable) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.enter(b'[')?;
        let value = visitor.visit_seq(Items { reader: self, first: true })?;
        self.leave(b']')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.enter(b'{')?;
        let value = visitor.visit_map(Items { reader: self, first: true })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.enter(b'{')?;
        let value = visitor.visit_map(Fields { reader: self, names, first: true })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        // A variant without content is its name; one with content is an object with one field.
        if self.peek() == b'"' {
            return visitor.visit_enum(Variant { reader: self, names, content: false });
        }
        self.enter(b'{')?;
        let value = visitor.visit_enum(Variant { reader: &mut *self, names, content: true })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }
}

struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let another = self.reader.another(b']', &mut self.first)?;
        if another { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        if !self.reader.another(b'}', &mut self.first)? {
            return Ok(None);
        }
        let key = self.reader.string()?;
        self.reader.take(b':')?;
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }
}

struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    names: &'static [&'static str],
    first: bool,
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some(field) = self.reader.field(self.names, &mut self.first)? else { return Ok(None) };
        seed.deserialize(numbered(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }
}

fn numbered(name: u64) -> U64Deserializer<Unreadable> {
    name.into_deserializer()
}

struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    names: &'static [&'static str],
    content: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Unreadable> {
        let name = seed.deserialize(numbered(self.reader.one_of(self.names)?))?;
        if self.content {
            self.reader.take(b':')?;
        }
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.content { serde::Deserialize::deserialize(self.reader) } else { Ok(()) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        if self.content { seed.deserialize(self.reader) } else { Err(Unreadable) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        if self.content { self.reader.deserialize_seq(visitor) } else { Err(Unreadable) }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if self.content { self.reader.deserialize_map(visitor) } else { Err(Unreadable) }
    }
}
