-- A certificate keeps its code. Whoever has it in hand has it on paper: when a pass is taken back and comes again, it is the same one.
alter table sittings add column certificate_code text;
alter table sittings add column certificate_name text;
alter table sittings add constraint sittings_certificate_code_key unique (certificate_code);
alter table sittings add constraint sittings_certificate_name_length check (char_length(certificate_name) between 1 and 110);
update sittings set certificate_code = verification_code where verification_code is not null;
comment on column sittings.verification_code is 'What is verified now: null while the sitting is not passed.';
comment on column sittings.certificate_code is 'Kept by the trigger: the first code that this sitting was given. Whenever it is passed again, this is its code.';
comment on column sittings.certificate_name is 'The candidate''s name in Latin letters, as they gave it for this certificate, where the certificate cannot show their name as it is.';

create function sitting_certificate() returns trigger language plpgsql as $$
begin
    new.certificate_code := coalesce(new.certificate_code, new.verification_code);
    new.verification_code := case when new.verification_code is not null then new.certificate_code end;
    -- Who was erased leaves no name behind.
    new.certificate_name := case when new.learner_id is not null then new.certificate_name end;
    return new;
end $$;
create trigger sitting_certificate before insert or update of verification_code, learner_id
    on sittings for each row execute function sitting_certificate();
