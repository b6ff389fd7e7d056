use crate::{Error, Result};

/// The database's number types are signed; ours say what cannot be negative. Constraints keep the two together, and what they let
/// through all the same is a fault of ours and no nought.
pub(crate) fn number<T: TryFrom<i64>>(value: impl Into<i64>) -> Result<T> {
    let value = value.into();
    T::try_from(value).map_err(|_| Error::failed(format!("{value} is no {}", std::any::type_name::<T>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_an_error_and_no_nought() {
        assert!(matches!(number::<u8>(255_i16), Ok(255)));
        for wrong in [-1_i64, 256, i64::MIN] {
            assert!(matches!(number::<u8>(wrong), Err(Error::Failed(_))), "{wrong}");
        }
    }
}
