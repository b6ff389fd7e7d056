mod what_we_keep;

pub use what_we_keep::WhatWeKeep;
