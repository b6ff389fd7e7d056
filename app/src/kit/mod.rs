//! The tools of every area for drawing and requests.

pub mod address;
pub mod ahead;
pub mod api;
pub mod area;
#[cfg(feature = "hydrate")]
pub mod as_drawn;
#[cfg(feature = "hydrate")]
pub mod device;
pub mod display;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
mod kept;
pub mod list;
pub mod live;
pub mod navigation;
#[cfg(feature = "hydrate")]
pub mod send_later;
pub mod ui;
#[cfg(feature = "hydrate")]
pub mod while_shown;
pub mod whose;
