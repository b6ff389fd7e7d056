//! The secret and the recovery codes, made and shown.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::accounts::NewFactor;
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

use super::totp;
use crate::{
    Error, Result,
    kit::random::{self, bytes},
};

const RECOVERY_CODES: usize = 10;
/// Of each recovery code: 80 bits, so a hash without salt is enough.
const BYTES: usize = 10;
/// As apps list the account.
const ISSUER: &str = "Health and Education Co-operative";

pub(super) fn new_secret() -> Result<Vec<u8>> {
    Ok(bytes::<{ totp::SECRET }>()?.to_vec())
}

/// Recovery codes, without spaces.
pub(super) fn new_recovery_codes() -> Result<Vec<String>> {
    (0..RECOVERY_CODES).map(|_| bytes::<BYTES>().map(|bytes| BASE32_NOPAD.encode(&bytes))).collect()
}

/// In groups of four.
fn grouped(code: &str, between: char) -> String {
    let mut text = String::new();
    for (n, letter) in code.chars().enumerate() {
        if n > 0 && n % 4 == 0 {
            text.push(between);
        }
        text.push(letter);
    }
    text
}

pub(super) fn shown(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| grouped(code, '-')).collect()
}

/// Says which codes a page shows, to the person who sees them anyway.
pub(super) fn digest(codes: &[String]) -> String {
    HEXLOWER.encode(&random::hash(codes.join(" ")))
}

/// What an app needs, and the recovery codes.
pub(super) fn new_factor(secret: &[u8], email: &str, codes: &[String]) -> Result<NewFactor> {
    let secret = BASE32_NOPAD.encode(secret);
    let mut address = Url::parse("otpauth://totp/").map_err(Error::failed)?;
    address.set_path(&format!("/{ISSUER}:{email}"));
    let issuer: String = url::form_urlencoded::byte_serialize(ISSUER.as_bytes()).collect();
    // Some apps show a plus as it is.
    address.set_query(Some(&format!("secret={secret}&issuer={}", issuer.replace('+', "%20"))));
    Ok(NewFactor { secret: grouped(&secret, ' '), address: address.into(), recovery_codes: shown(codes) })
}

/// Only these count from now on.
pub(super) async fn replace(db: &mut PgConnection, person: Uuid, codes: &[String]) -> Result<()> {
    sqlx::query!("delete from recovery_codes where person_id = $1", person).execute(&mut *db).await?;
    let hashes: Vec<_> = codes.iter().map(random::hash).collect();
    sqlx::query!(
        "insert into recovery_codes (person_id, code_hash) select $1, code_hash from unnest($2::bytea[]) as new (code_hash)",
        person,
        &hashes,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update second_factors set codes_digest = $2 where person_id = $1", person, digest(codes),)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether these codes are those that count.
pub(super) async fn in_force(db: &mut PgConnection, person: Uuid, digest: &str) -> Result<bool> {
    let so = sqlx::query_scalar!(
        r#"select exists (
            select from second_factors f
            where f.person_id = $1 and f.confirmed_at is not null and f.codes_digest = $2
        ) as "so!""#,
        person,
        digest,
    );
    Ok(so.fetch_one(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_gets_the_secret_with_the_name_of_the_account() {
        let codes = ["ABCDEFGHIJKLMNOP".to_owned()];
        let new = new_factor(b"12345678901234567890", "sam+x@uni.example", &codes).unwrap();
        assert_eq!(new.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            new.address,
            "otpauth://totp/Health%20and%20Education%20Co-operative:sam+x@uni.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Health%20and%20Education%20Co-operative"
        );
        assert_eq!(new.recovery_codes, ["ABCD-EFGH-IJKL-MNOP"]);
    }

    #[test]
    fn recovery_codes_are_long_and_different() {
        let codes = new_recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == domain::accounts::FactorCode::RECOVERY));
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), RECOVERY_CODES);
    }
}
