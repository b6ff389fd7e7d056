//! Certificates keep their code, and show every name.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_certificate_keeps_its_code_when_a_key_is_restored(db: PgPool) {
    let exam = Exam::new(db, |settings| settings.pass_percent = 100).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let (item, question) = exam.questions().await.remove(0);
    let Key::Number(key) = &question.key else { panic!("not a number") };
    let right = figures(key.answer).unwrap();
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    corrected(&exam, item, "1234").await;
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!((result.outcome.passed, result.verification_code), (false, None));
    assert!(not_found(verify(services, &code).await), "withdrawn meanwhile");
    assert!(not_found(certificate_of(services, &exam.learner, sitting).await));
    corrected(&exam, item, &right).await;
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.verification_code.as_deref(), Some(code.as_str()));
    assert!(verify(services, &code).await.is_ok());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_certificate_keeps_its_code_when_a_sitting_is_reopened_and_submitted(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    reopen(services, &exam.setter, exam.paper, sitting, 30).await.unwrap();
    assert!(not_found(verify(services, &code).await), "withdrawn meanwhile");
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let result = own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(result.verification_code.as_deref(), Some(code.as_str()));
    assert!(verify(services, &code).await.is_ok());
    // Another attempt is another certificate.
    let second = exam.in_room().await;
    let saves = exam.right_answers(second).await;
    submit_sitting(services, &exam.learner, second, &saves).await.unwrap();
    let result = own_result(services, &exam.learner, second).await.unwrap();
    assert_ne!(result.verification_code.unwrap(), code);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_name_that_the_certificate_cannot_show_is_requested(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.in_room().await;
    submit_sitting(services, &exam.learner, sitting, &exam.answers(5, 1).await).await.unwrap();
    let called = async |name: &str| {
        sqlx::query("update people set full_name = $2 where id = $1")
            .bind(exam.learner.person().0)
            .bind(name)
            .execute(&services.db)
            .await
            .unwrap();
    };
    let named = async |name| name_certificate(services, &exam.learner, sitting, name).await;
    let on_it = async || own_result(services, &exam.learner, sitting).await.unwrap().certificate_name;
    // For a name that can be shown there is nothing to ask.
    assert_eq!(on_it().await, CertificateName::AsItIs);
    assert!(not_found(named("Somebody Else").await));
    for name in ["王小明", "محمد عبد الله"] {
        called(name).await;
        assert_eq!(on_it().await, CertificateName::Latin(None));
        assert!(not_found(certificate_of(services, &exam.learner, sitting).await), "no line of marks");
    }
    for wrong in ["", "王小明", "W 小"] {
        let refused = named(wrong).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{wrong} was accepted") };
        assert_eq!(
            (fields[0].field.as_str(), &fields[0].problem),
            ("certificate_name", &Problem::LatinNameMissing)
        );
    }
    called("王小明").await;
    let code = own_result(services, &exam.learner, sitting).await.unwrap().verification_code.unwrap();
    named(" Wang  Xiaoming ").await.unwrap();
    assert_eq!(on_it().await, CertificateName::Latin(Some("Wang Xiaoming".into())));
    let pdf = certificate_of(services, &exam.learner, sitting).await.unwrap();
    let title = "Certificate: Wang Xiaoming, Numeracy".as_bytes();
    assert!(pdf.windows(title.len()).any(|window| window == title));
    assert_eq!(verify(services, &code).await.unwrap().initials, "W. X.", "as on the certificate");
    // It is audited, and no other person can set it.
    let noted: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'assessment.certificate_named' and actor_id = $1",
    )
    .bind(exam.learner.person().0)
    .fetch_one(&services.db)
    .await
    .unwrap();
    assert_eq!(noted, 1);
    assert!(not_found(name_certificate(services, &exam.setter, sitting, "Wang").await));
    // An erased person leaves no name behind.
    sqlx::query("update sittings set learner_id = null").execute(&services.db).await.unwrap();
    assert_eq!(exam.count("select count(certificate_name) from sittings where id = $1", sitting).await, 0);
}
