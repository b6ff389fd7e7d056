use roster::{Choices, Limits, open, write_failed};

/// Everything that is ever done with a file.
pub fn read_all(bytes: &[u8]) {
    let Ok(mut book) = open(bytes, &Limits::default()) else { return };
    let _ = book.choice();
    for sheet in 0..book.sheets().len().min(3) {
        let Ok(table) = book.table(sheet) else { continue };
        for linked_addresses in [false, true] {
            let Ok(preview) = table.preview(&table.recognise(), Choices { linked_addresses }) else {
                continue;
            };
            let messages = preview.problems().map(|problem| problem.message().len()).sum::<usize>();
            assert_eq!(messages == 0, preview.failed() == 0);
            write_failed(&table, &preview.rows).unwrap();
        }
    }
}
