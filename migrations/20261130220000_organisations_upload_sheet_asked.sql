-- While somebody has to say which sheet is meant, none is chosen: the first one stood there.
update uploads set sheet = null, columns = '[]', matching = '[]', version = version + 1
where state in ('preview', 'failed') and refused like 'Choose the sheet that has the people: %';
comment on column uploads.sheet is 'The place in the file of the sheet that is read, counted from 0. Null while somebody has to say which of several is meant, in a file that came before this was kept, and once the file is destroyed.';
