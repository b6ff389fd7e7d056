//! The address of a page, as the router matches it.

use std::borrow::Cow;

use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch};

/// `/learn/:course/end`: what begins with a colon is a parameter.
///
/// The router's own `path!` makes a type for each shape of an address, and the code of the router once for each type:
/// in what every browser loads first.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub &'static str);

impl Address {
    fn parts(self) -> impl Iterator<Item = &'static str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }
}

impl PossibleRouteMatch for Address {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut rest, mut params) = (path, Vec::new());
        for part in self.parts() {
            let after = rest.strip_prefix('/')?;
            let (value, behind) = after.split_at(after.find('/').unwrap_or(after.len()));
            match part.strip_prefix(':') {
                Some(name) if !value.is_empty() => params.push((Cow::Borrowed(name), value.to_owned())),
                None if value == part => {}
                _ => return None,
            }
            rest = behind;
        }
        // The router itself refuses an address of which more is left than a slash.
        Some(PartialPathMatch::new(rest, params, path.strip_suffix(rest).unwrap_or(path)))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(self.parts().map(|part| match part.strip_prefix(':') {
            Some(name) => PathSegment::Param(name.into()),
            None => PathSegment::Static(part.into()),
        }));
    }
}

#[cfg(test)]
mod tests {
    use leptos_router::path;

    use super::*;

    #[test]
    fn an_address_matches_what_the_routers_own_would_match() {
        let ours =
            [Address("/"), Address("/learn"), Address("/learn/:course"), Address("/learn/:course/end")];
        let theirs: [Box<dyn PossibleRouteMatch + Send + Sync>; 4] = [
            Box::new(path!("/")),
            Box::new(path!("/learn")),
            Box::new(path!("/learn/:course")),
            Box::new(path!("/learn/:course/end")),
        ];
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let (mut made, mut expected) = (Vec::new(), Vec::new());
            ours.generate_path(&mut made);
            theirs.generate_path(&mut expected);
            assert_eq!(made, expected);
            for path in [
                "/",
                "/learn",
                "/learn/",
                "/learning",
                "/lear",
                "/learn/nmp",
                "/learn//end",
                "/learn/n%2Fp/end",
                "/learn/nmp/end/",
                "/learn/nmp/ending",
                "/learn/nmp/end/more",
            ] {
                let seen = |found: Option<PartialPathMatch<'_>>| {
                    found.filter(|found| matches!(found.remaining(), "" | "/")).map(|found| found.params())
                };
                assert_eq!(seen(ours.test(path)), seen(theirs.test(path)), "{ours:?} {path}");
            }
        }
    }
}
