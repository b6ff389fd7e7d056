use crate::{Error, Result};

/// The database's number types are signed; ours say which numbers cannot be negative. Constraints keep the two
/// together, and a value that gets through all the same is a fault of ours, never a zero.
pub(crate) fn number<T: TryFrom<i64>>(value: impl Into<i64>) -> Result<T> {
    let value = value.into();
    T::try_from(value).map_err(|_| Error::failed(format!("{value} is no {}", std::any::type_name::<T>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_does_not_fit_is_an_error_and_not_zero() {
        assert!(matches!(number::<u8>(255_i16), Ok(255)));
        for wrong in [-1_i64, 256, i64::MIN] {
            assert!(matches!(number::<u8>(wrong), Err(Error::Failed(_))), "{wrong}");
        }
    }
}
