// Rosters as SheetJS and exceljs write them. The clock of the writer is in Paris: exceljs stores the moment in UTC, and a day becomes the
// evening before.
process.env.TZ = 'Europe/Paris';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import * as XLSX from '@e965/xlsx';
import * as encodings from '@e965/xlsx/dist/cpexcel.full.mjs';

XLSX.set_cptable(encodings); // without it "Unicode text" loses half of each letter
const folder = process.argv[2];
const people = [
  ['First name', 'Last name', 'Email', 'Student number'],
  ['Siân', 'Evans', 'sian.evans@example.ac.uk', '0012'],
  ['Łukasz', 'Wiśniewski', 'lukasz@example.ac.uk', '0345'],
];

const sheetjs = (name, rows, bookType) => {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'People');
  writeFileSync(join(folder, name), XLSX.write(book, { type: 'buffer', bookType, compression: true }));
};

sheetjs('sheetjs.xlsb', people, 'xlsb');
sheetjs('sheetjs.ods', people, 'ods');
sheetjs('sheetjs.xls', people, 'biff8');
sheetjs('sheetjs.xlsx', people, 'xlsx');
sheetjs('sheetjs-web-page.xls', people, 'html');
sheetjs('sheetjs-xml-2003.xls', people, 'xlml');
sheetjs('sheetjs-flat.fods', people, 'fods');
sheetjs('sheetjs-utf-16.xls', people, 'txt'); // "Unicode text": tabs, UTF-16
sheetjs(
  'sheetjs-long-numbers.csv',
  [
    ['Name', 'Email', 'Student number'],
    ['Ann Bell', 'ann@example.ac.uk', 12345678901],
    ['Ben Cole', 'ben@example.ac.uk', 123456789012],
  ],
  'csv',
);

const exceljs = async (name, fill) => {
  const book = new ExcelJS.Workbook();
  fill(book.addWorksheet('People'), book);
  await book.xlsx.writeFile(join(folder, name));
};

await exceljs('exceljs-mailto.xlsx', (sheet) => {
  sheet.addRow(['Name', 'Email']);
  sheet.addRow(['Ann Bell', { text: 'Ann Bell', hyperlink: 'mailto:ann.bell@example.ac.uk?subject=Course' }]);
  sheet.addRow(['Ben Cole', { text: 'ben@example.ac.uk', hyperlink: 'mailto:other@example.ac.uk' }]);
  sheet.addRow(['Cai Dee', { text: 'web page', hyperlink: 'https://example.ac.uk/cai' }]);
});

await exceljs('exceljs-merged-heading.xlsx', (sheet) => {
  sheet.addRow(['Who', '', '', 'Where', '']);
  sheet.addRow(['First name', 'Last name', 'Email', 'Team', 'Area']);
  sheet.mergeCells('A1:C1');
  sheet.mergeCells('D1:E1');
  sheet.addRow(['Null', 'True', 'null.true@example.ac.uk', 'Nan', 'Inf']);
  sheet.addRow(['Ann', 'Bell', 'ann@example.ac.uk', '', 'North']);
  sheet.mergeCells('D3:D4');
});

await exceljs('exceljs-dates.xlsx', (sheet) => {
  sheet.addRow(['Name', 'Email', 'Start date']);
  sheet.addRow(['Ann Bell', 'ann@example.ac.uk', new Date(2024, 8, 1)]);
  sheet.addRow(['Ben Cole', 'ben@example.ac.uk', new Date(Date.UTC(2024, 8, 1))]);
  sheet.addRow(['Cai Dee', 'cai@example.ac.uk', new Date(Date.UTC(2024, 8, 1, 14, 30))]);
  sheet.addRow(['Dee Eve', 'dee@example.ac.uk', 85]);
  sheet.addRow(['Eve Fox', 'eve@example.ac.uk', '2024-09-01T14:30:00.000Z']);
});
