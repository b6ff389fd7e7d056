-- Pages that were read without a network, from a copy on the learner's device, and told later.

create table late_openings (
    enrolment_id uuid not null,
    page_id uuid not null,
    opened_at timestamptz not null,
    sent_at timestamptz not null,
    constraint late_openings_pkey primary key (enrolment_id, page_id, opened_at),
    constraint late_openings_enrolment_id_fkey foreign key (enrolment_id) references enrolments on delete cascade,
    constraint late_openings_page_id_fkey foreign key (page_id) references pages,
    constraint late_openings_sent_later check (opened_at <= sent_at)
);
create index late_openings_page on late_openings (page_id);
comment on table late_openings is 'Fact: openings that a device told later. They are counted in page_openings too; a row here counts one once, however often it is sent.';
comment on column late_openings.opened_at is 'By the clock of the device.';
