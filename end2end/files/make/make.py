"""Rosters as openpyxl, pandas, odfpy, xlwt, XlsxWriter and LibreOffice write them, and a few byte by byte."""
import csv, datetime, pathlib, shutil, subprocess, sys, tempfile, zipfile
from xml.dom import minidom

import openpyxl, pandas, xlsxwriter, xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.worksheet.table import Table as ExcelTable

folder = pathlib.Path(sys.argv[1])


def workbook(name, rows, dress=None, title="People"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if dress:
        dress(sheet)
    book.save(folder / name)


def libreoffice(source, target):
    """Opens a file in LibreOffice and saves it under another name."""
    kind = target.rsplit(".", 1)[1]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{tempfile.gettempdir()}/roster-office",
             # Text is UTF-8 with commas. Unasked, it is read in the letters of the machine.
             *(["--infilter=Text - txt - csv (StarCalc):44,34,76,1"] if source.endswith(".csv") else []),
             "--convert-to", kind, "--outdir", place, folder / source],
            check=True, stdout=subprocess.DEVNULL)
        shutil.move(next(pathlib.Path(place).iterdir()), folder / target)


HEAD = ["Name", "Email", "Student number"]

# Rule 2. As a program writes that lays XML out with line ends and indents.
libreoffice("sheetjs.xlsx", "libreoffice.ods")
libreoffice("sheetjs.xlsx", "libreoffice.xls")
with zipfile.ZipFile(folder / "libreoffice.ods") as source, zipfile.ZipFile(
    folder / "indented.ods", "w", zipfile.ZIP_DEFLATED
) as target:
    for part in source.namelist():
        if part in ("mimetype", "META-INF/manifest.xml", "styles.xml"):
            target.writestr(part, source.read(part))
    content = minidom.parseString(source.read("content.xml"))
    for paragraph in content.getElementsByTagName("text:p"):
        paragraph.normalize()
    target.writestr("content.xml", content.toprettyxml(indent=" "))


def odf(name, rows):
    """With texts in the cells, and no types."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="People")
    for row in rows:
        line = TableRow()
        for text in row:
            cell = TableCell()
            if text:
                cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(folder / name))


odf("odfpy-untyped.ods", [HEAD, ["Ann Bell", "ann@example.ac.uk", "0012"], ["Ben Cole", "ben@example.ac.uk", "0013"]])
odf("odfpy-no-address.ods", [HEAD, ["Ann Bell", "", "0012"], ["Ben Cole", "", "0013"]])

# Rule 3. The heading in row 5, blank rows between; lines that end with CR alone, as an old Excel on a Mac wrote them.
workbook("openpyxl-row-5.xlsx", [["Cohort of September"], [], [], [], HEAD, ["Ann Bell", "ann@example.ac.uk", "1"], [], [],
                                 ["Ben Cole", "wrong", "2"]])
(folder / "mac-line-ends.csv").write_bytes(
    b"Name,Email\rAnn Bell,ann@example.ac.uk\r\rRen\x8e Roy,wrong\r\"Cai\rDee\",cai@example.ac.uk\rEve,wrong too\r")
pandas.DataFrame({"Name": ["Ann Bell", "Ben Cole"], "Email": ["ann@example.ac.uk", "wrong"], "Note": ["one\ntwo\nthree", ""]}).to_csv(
    folder / "pandas-line-breaks.csv", index=False)

# Rules 4 and 5.
numbers = [HEAD, ["Ann Bell", "ann@example.ac.uk", 7.5], ["Ben Cole", "ben@example.ac.uk", 12],
           ["Cai Dee", "cai@example.ac.uk", 1234567890123456], ["Dee Eve", "dee@example.ac.uk", -4],
           ["Eve Fox", "eve@example.ac.uk", datetime.date(2024, 9, 1)], ["Fay Gray", "fay@example.ac.uk", "0012"]]
workbook("openpyxl-numbers.xlsx", numbers)
pandas.DataFrame({"Name": ["Ann Bell", "Ben Cole", "Cai Dee"], "Email": [f"{n}@example.ac.uk" for n in "abc"],
                  "Student number": [12345, None, 7.5]}).to_csv(folder / "pandas-numbers.csv", index=False)


def padded(sheet):
    for row in range(2, 6):
        sheet.cell(row, 3).number_format = "0000000"


workbook("openpyxl-padded.xlsx", [HEAD, *([f"Person {letter}", f"{letter}@example.ac.uk", number]
                                          for letter, number in zip("abcd", [12, 1234567, 7654321, 5000000]))], padded)
libreoffice("openpyxl-padded.xlsx", "libreoffice-padded.ods")
libreoffice("openpyxl-padded.xlsx", "libreoffice-padded.xls")
(folder / "text-formula.csv").write_text('Name,Email,Student number\r\nAnn Bell,ann@example.ac.uk,="0012"\r\n'
                                         'Ben Cole,ben@example.ac.uk,"=""0013"""\r\n', newline="")

# Fifteen figures are a number; of sixteen LibreOffice writes fifteen into XLSX, and a nought.
(folder / "long.csv").write_text("Name,Email,Student number\r\nAnn Bell,ann@example.ac.uk,123456789012345\r\n"
                                 "Ben Cole,ben@example.ac.uk,1234567890123456\r\n", newline="")
for kind in ("xlsx", "ods", "xls"):
    libreoffice("long.csv", f"libreoffice-long-numbers.{kind}")
(folder / "long.csv").unlink()

# Rules 6 and 7.
days = [["Name", "Email", "Start date", "Active"],
        ["Ann Bell", "ann@example.ac.uk", datetime.date(2024, 9, 1), True],
        ["Ben Cole", "ben@example.ac.uk", datetime.datetime(2024, 9, 1, 14, 30), False],
        ["Cai Dee", "cai@example.ac.uk", datetime.datetime(2024, 8, 31, 23, 0), "yes"],
        ["Dee Eve", "dee@example.ac.uk", "2024-09-01T14:30:00", "TRUE"],
        ["Eve Fox", "eve@example.ac.uk", 85, 1],
        ["Fay Gray", "fay@example.ac.uk", "2024-09-01", "1.0"]]
workbook("openpyxl-days.xlsx", days)
for kind in ("ods", "xls", "csv"):
    libreoffice("openpyxl-days.xlsx", f"libreoffice-days.{kind}")

# Rule 8. Errors as results; formulas that nobody worked out; formulas that all say 0.
workbook("faults.xlsx", [HEAD, ["=NA()", "ann@example.ac.uk", "1"], ["Ben Cole", "ben@example.ac.uk", "=1/0"],
                         ["Cai Dee", "cai@example.ac.uk", "=C4"], ["Dee Eve", "dee@example.ac.uk", "4"]])
libreoffice("faults.xlsx", "libreoffice-faults.ods")
libreoffice("faults.xlsx", "libreoffice-faults.xls")
libreoffice("faults.xlsx", "libreoffice-faults.csv")
libreoffice("libreoffice-faults.ods", "libreoffice-faults.xlsx")
(folder / "faults.xlsx").unlink()
formulas = [HEAD, ["Ann Bell", '=LOWER("ANN")&"@example.ac.uk"', "1"], ["Ben Cole", '=LOWER("BEN")&"@example.ac.uk"', "2"]]
workbook("openpyxl-formulas.xlsx", formulas)
book = xlsxwriter.Workbook(folder / "xlsxwriter-formulas.xlsx")
sheet = book.add_worksheet("People")
for at, row in enumerate(formulas):
    sheet.write_row(at, 0, row)
book.close()
book = xlwt.Workbook()
sheet = book.add_sheet("People")
for at, row in enumerate(formulas):
    for column, text in enumerate(row):
        sheet.write(at, column, xlwt.Formula(text[1:]) if text.startswith("=") else text)
book.save(str(folder / "xlwt-formulas.xls"))
libreoffice("openpyxl-formulas.xlsx", "libreoffice-formulas.xlsx")

# Rule 9. 300 rows that somebody filled in beforehand, with what nobody sees.
blanks = ["\u00a0", "\u200b", "\ufeff", "\u00ad", " ", None]
workbook("openpyxl-prefilled.xlsx", [HEAD, ["Ann Bell", "ann@example.ac.uk", "1"],
                                     *([blanks[n % 6], blanks[(n + 1) % 6], blanks[(n + 2) % 6]] for n in range(300)),
                                     ["Ben Cole", "ben@example.ac.uk", "2"]])


# Rule 10.
def sheets(sheet):
    sheet.sheet_state = "hidden"
    book = sheet.parent
    book.create_sheet("Empty")
    filled = book.create_sheet("This year")
    for row in [HEAD, ["Ann Bell", "ann@example.ac.uk", "1"]]:
        filled.append(row)
    legend = book.create_sheet("Legend")
    legend.append(["Team", "means"])
    legend.append(["A", "Ward 1"])
    book.active = 2


workbook("openpyxl-sheets.xlsx", [HEAD, ["Old Person", "old@example.ac.uk", "9"]], sheets, "Last year")
libreoffice("openpyxl-sheets.xlsx", "libreoffice-sheets.ods")
libreoffice("openpyxl-sheets.xlsx", "libreoffice-sheets.xls")


def two(sheet):
    other = sheet.parent.create_sheet("Spring")
    other.append(HEAD)
    other.append(["Ben Cole", "ben@example.ac.uk", "2"])


workbook("openpyxl-two-sheets.xlsx", [HEAD, ["Ann Bell", "ann@example.ac.uk", "1"]], two, "Autumn")


def filtered(sheet):
    sheet.auto_filter.ref = "A1:D7"
    sheet.auto_filter.add_filter_column(3, ["North"])
    for row in (3, 5, 6):
        sheet.row_dimensions[row].hidden = True


areas = ["North", "South", "North", "South", "South", "North"]
workbook("openpyxl-filtered.xlsx", [[*HEAD, "Area"], *([f"Person {letter}", f"{letter}@example.ac.uk", f"{at}", area]
                                                       for at, (letter, area) in enumerate(zip("abcdef", areas))),
                                    ["Total", None, 6, None]], filtered)
for kind in ("ods", "xls", "xlsx"):
    libreoffice("openpyxl-filtered.xlsx", f"libreoffice-filtered.{kind}")
libreoffice("exceljs-mailto.xlsx", "libreoffice-mailto.ods")

# Rule 12.
unmarked = "Name,Email\r\nRené Roy,rene@example.ac.uk\r\nŁukasz Wiśniewski,lukasz@example.ac.uk\r\n"
(folder / "utf-16-without-mark.csv").write_bytes(unmarked.encode("utf-16-le"))
(folder / "windows.csv").write_bytes("Name,Email\r\nRené Roy,rene@example.ac.uk\r\n".encode("cp1252"))
(folder / "said-separator.csv").write_bytes("\ufeffsep=;\r\nName;Email\r\nRené Roy;rene@example.ac.uk\r\n".encode())

# Rule 13. What campus systems call .xls.
(folder / "tabs.xls").write_bytes("Name\tEmail\tTeam\r\nSi\xe2n Evans\tsian@example.ac.uk\tWard 1, Ward 2\r\n".encode("cp1252"))
people = pandas.DataFrame({"Name": ["Ann Bell"], "Email": ["ann@example.ac.uk"]})
people.to_html(folder / "pandas-web-page.xls", index=False)

# Rule 14.
names = pandas.DataFrame({"First name": ["Nan", "Inf", "True", "Null"], "Last name": ["None", "NA", "False", "O'Neill"],
                          "Email": [f"{n}@example.ac.uk" for n in "abcd"]})
names.to_csv(folder / "pandas-names.csv", index=False)
names.to_excel(folder / "pandas-names.xlsx", index=False)

# Rule 15. As we write them ourselves.
(folder / "our-own.csv").write_bytes("\ufeffName,Email,Team\r\nAnn Bell,ann@example.ac.uk,'=Ward 1\r\nBen Cole,ben@example.ac.uk,'@home\r\n"
                                     "Cai Dee,cai@example.ac.uk,'tis\r\n".encode())
for kind in ("xlsx", "ods"):
    libreoffice("our-own.csv", f"libreoffice-our-own.{kind}")

# Headings of other systems.
with open(folder / "moodle.csv", "w", newline="", encoding="utf-8") as file:
    csv.writer(file).writerows([
        ["username", "firstname", "lastname", "email", "idnumber", "department", "cohort1", "course1", "suspended"],
        ["aevans", "Siân", "Evans", "sian.evans@example.ac.uk", "0012", "Pharmacy", "2026-09", "NMP", "0"],
        ["bcole", "Ben", "Cole", "ben.cole@example.ac.uk", "0013", "Nursing", "2026-09", "NMP", "1"]])


# As ClosedXML writes it for Digital Learning Solutions: two sheets, a table on each.
def dls(sheet):
    sheet.add_table(ExcelTable(displayName="Table1", ref="A1:N3"))
    groups = sheet.parent.create_sheet("JobGroups")
    for row in [["JobGroupID", "JobGroupName"], [1, "Nursing / midwifery"], [2, "Pharmacy"]]:
        groups.append(row)
    groups.add_table(ExcelTable(displayName="Table2", ref="A1:B3"))


workbook("dls-delegates.xlsx", [
    ["LastName", "FirstName", "DelegateID", "JobGroupID", *(f"Answer{n}" for n in range(1, 7)), "Active", "EmailAddress", "HasPRN", "PRN"],
    ["Evans", "Siân", "SE123", 1, "Ward 1", None, None, None, None, None, True, "sian.evans@trust.example.nhs.uk", True, "01A2345B"],
    ["Cole", "Ben", None, 2, None, None, None, None, None, None, False, "ben.cole@trust.example.nhs.uk", False, None],
], dls, "DelegatesBulkUpload")
