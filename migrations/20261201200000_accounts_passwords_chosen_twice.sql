-- A link to choose a password is answered twice as one that opens an account is.
comment on table links_followed is 'Links of mails that have opened an account or set its password. For a moment, the same link with the password of the account is answered as the first time. Rows go within a day.';
comment on column links_followed.sponsor_code is 'As the form to register had it. The answer names it. Null for every other link.';
