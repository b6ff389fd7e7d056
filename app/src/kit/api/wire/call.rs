use std::{future::Future, marker::PhantomData, pin::Pin};

use http::Method;
use leptos::server_fn::{
    Bytes, ContentType, Http, Protocol,
    client::Client,
    codec::{Encoding, IntoReq, Post, PostUrl},
    error::FromServerFnError,
    redirect::call_redirect_hook,
    response::ClientRes,
    server::Server,
};
use serde::de::DeserializeOwned;

use super::{WireEncoding, read};
use crate::kit::api::{ApiError, ErrorKind};

/// How server functions are called: `protocol = Wire`, or `protocol = Wire<Json>` for arguments that do not fit into a
/// form. The server behaves like `Http`. In the browser all code between request and reply is shared by all functions.
pub struct Wire<Input = PostUrl>(PhantomData<Input>);

impl<InputEncoding, Input, Output, C, S> Protocol<Input, Output, C, S, ApiError> for Wire<InputEncoding>
where
    InputEncoding: Encoding,
    Http<InputEncoding, Post<WireEncoding>>: Protocol<Input, Output, C, S, ApiError>,
    Input: IntoReq<InputEncoding, C::Request, ApiError> + Send,
    Output: DeserializeOwned + Send,
    C: Client<ApiError>,
    S: Server<ApiError>,
{
    const METHOD: Method = InputEncoding::METHOD;

    fn run_server<F, Fut>(
        request: S::Request,
        server_fn: F,
    ) -> impl Future<Output = Result<S::Response, ApiError>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, ApiError>> + Send,
    {
        <Http<InputEncoding, Post<WireEncoding>> as Protocol<Input, Output, C, S, ApiError>>::run_server(
            request, server_fn,
        )
    }

    fn run_client(path: &str, input: Input) -> impl Future<Output = Result<Output, ApiError>> + Send {
        let answer = input.into_req(path, WireEncoding::CONTENT_TYPE).map(answer::<C>);
        async move {
            let bytes = answer?.await?;
            let text = std::str::from_utf8(&bytes).ok();
            text.and_then(|text| read(text).ok()).ok_or_else(|| ApiError::new(ErrorKind::Unreadable))
        }
    }
}

/// The server's reply to a call.
fn answer<C: Client<ApiError>>(
    request: C::Request,
) -> Pin<Box<dyn Future<Output = Result<Bytes, ApiError>> + Send>> {
    Box::pin(async move {
        let response = C::send(request).await?;
        let (status, redirected) = (response.status(), response.has_redirect());
        let location = response.location();
        let body = response.try_into_bytes().await?;
        if (400..600).contains(&status) {
            return Err(ApiError::de(body));
        }
        if redirected || (300..400).contains(&status) {
            call_redirect_hook(&location);
        }
        Ok(body)
    })
}
