//! The data of a page: a `Resource` of the same type for every page. With a type for each page, browsers would load a
//! copy of all of Leptos' code for resources with each of them.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use codee::{Decoder, Encoder};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{ApiError, ErrorKind, lean::Prose, wire};

/// The data of a page, which [`Loaded`](crate::kit::ui::Loaded) shows when it is there.
pub struct PageData<T> {
    pub(crate) resource: Resource<Found, FoundCodec>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for PageData<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PageData<T> {}

impl<T> PageData<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// `load` is called again whenever `source` has another value.
    pub fn new<S, F>(
        source: impl Fn() -> S + Send + Sync + 'static,
        load: impl Fn(S) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        Self::with(source, load, whole)
    }

    /// The same, for text that is already in the page: that text does not travel a second time.
    pub fn lean<S, F>(
        source: impl Fn() -> S + Send + Sync + 'static,
        load: impl Fn(S) -> F + Send + Sync + 'static,
    ) -> Self
    where
        T: Prose,
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        Self::with(source, load, lean)
    }

    fn with<S, F>(
        source: impl Fn() -> S + Send + Sync + 'static,
        load: impl Fn(S) -> F + Send + Sync + 'static,
        json: Json<T>,
    ) -> Self
    where
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let load = move |source: Source| -> Pin<Box<dyn Future<Output = Found> + Send>> {
            let Some(source) = source.0.as_any().downcast_ref::<S>() else {
                return Box::pin(std::future::pending());
            };
            // Boxed first: the future of a page's data is large, and would be copied into the one around it.
            let found = Box::pin(load(source.clone()));
            Box::pin(async move { Found::Value(Arc::new(Carried { found: found.await, json })) })
        };
        let resource = resource(Box::new(move || Source(Arc::new(source()))), Box::new(load));
        Self { resource, of: PhantomData }
    }

    /// The data, in its own type.
    pub(crate) fn read(found: &Found) -> Result<T, ApiError> {
        match found {
            Found::Value(value) => value.found().downcast_ref::<Result<T, ApiError>>().cloned(),
            Found::Text(text) => wire::read(text).ok(),
        }
        .unwrap_or_else(|| Err(ApiError::new(ErrorKind::Unreadable)))
    }
}

type Load = Box<dyn Fn(Source) -> Pin<Box<dyn Future<Output = Found> + Send>> + Send + Sync>;

fn resource(source: Box<dyn Fn() -> Source + Send + Sync>, load: Load) -> Resource<Found, FoundCodec> {
    Resource::new_with_options(source, load, false)
}

/// The values that a page's data depends on.
#[derive(Clone)]
struct Source(Arc<dyn AnySource>);

trait AnySource: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn is(&self, other: &dyn Any) -> bool;
}

impl<S: PartialEq + Send + Sync + 'static> AnySource for S {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(other.0.as_any())
    }
}

/// The data of a page, or why there is none.
#[derive(Clone)]
pub enum Found {
    Value(Arc<dyn AnyFound>),
    /// The data that the loaded page brought along. It is parsed where it is shown, because only there its type is
    /// known.
    Text(Arc<str>),
}

pub trait AnyFound: Send + Sync {
    fn found(&self) -> &dyn Any;
    fn json(&self) -> serde_json::Result<String>;
}

type Json<T> = fn(&Result<T, ApiError>) -> serde_json::Result<String>;

#[cfg(feature = "ssr")]
fn whole<T: Serialize>(found: &Result<T, ApiError>) -> serde_json::Result<String> {
    serde_json::to_string(found)
}

#[cfg(feature = "ssr")]
fn lean<T: Prose + Serialize>(found: &Result<T, ApiError>) -> serde_json::Result<String> {
    serde_json::to_string(&found.without_prose())
}

/// The browser writes no page, and needs nothing to do so.
#[cfg(not(feature = "ssr"))]
fn whole<T>(_: &Result<T, ApiError>) -> serde_json::Result<String> {
    Ok(String::new())
}

#[cfg(not(feature = "ssr"))]
use whole as lean;

struct Carried<T> {
    found: Result<T, ApiError>,
    json: Json<T>,
}

impl<T: Send + Sync + 'static> AnyFound for Carried<T> {
    fn found(&self) -> &dyn Any {
        &self.found
    }

    fn json(&self) -> serde_json::Result<String> {
        (self.json)(&self.found)
    }
}

/// Only the server writes, and only what it has loaded.
pub struct FoundCodec;

impl Encoder<Found> for FoundCodec {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(found: &Found) -> serde_json::Result<String> {
        match found {
            Found::Value(value) => value.json(),
            Found::Text(text) => Ok((**text).to_owned()),
        }
    }
}

impl Decoder<Found> for FoundCodec {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<Found, std::convert::Infallible> {
        Ok(Found::Text(text.into()))
    }
}
