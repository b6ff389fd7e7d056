import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { hydrated } from './page';

/** The password of every demo account; see demo/. */
export const PASSWORD = 'learning-demo-2026';
export const TUTOR = 'tutor@demo.example';
/** Administers the university of that cohort. */
export const LEAD = 'lead@demo.example';
/** Administers an employer, whose people have completed the course. */
export const MANAGER = 'head@demo.example';
export const COHORT = 'Independent prescribing, September 2026';

/**
 * Tests run at the same time against one server, so each has students of its own: no other test may turn their wheel,
 * end their session or change their password. Students with a number divisible by eleven have not begun the course;
 * those with a number divisible by three are in the cohort that the tutor follows.
 */
export const STUDENTS = {
  journeyWide: student(33),
  journeyNarrow: student(66),
  journeyOther: student(99),
  noScriptWide: student(11),
  noScriptNarrow: student(22),
  noScriptForms: student(44),
  keyboard: student(55),
  keyboardNews: student(165),
  keyboardStops: student(3),
  // Early in the alphabet: on the first page of the cohort's table.
  searchNews: student(0),
  healingBlocked: student(77),
  healingAnswer: student(88),
  healingCheck: student(110),
  healingSession: student(176),
  fetchesAhead: student(132),
  opensLater: student(187),
  fetchesOld: student(198),
  axeWide: student(121),
  axeNarrow: student(143),
  axeMedia: student(154),
  axeAccountWide: student(2),
  axeAccountNarrow: student(5),
  axeFormsWide: student(8),
  axeFormsNarrow: student(14),
  crawl: student(9),
  curious: student(12),
  helped: student(124),
  helpedPlain: student(125),
  lostPhone: student(127),
  forgets: student(16),
  changes: student(17),
  twoDevices: student(19),
  leaves: student(20),
  remembered: student(23),
  examSwept: student(24),
  examWindows: student(25),
  examHanging: student(36),
  examLater: student(37),
  // Before the one above in the alphabet.
  examFirst: student(40),
  examTime: student(26),
  examOver: student(65),
  examMeaning: student(27),
  examKeyboard: student(28),
  examPlain: student(29),
  examOrder: student(38),
  examBack: student(39),
  examDevices: student(30),
  examAxeWide: student(31),
  examAxeNarrow: student(32),
  roomKinds: student(45),
  roomDevices: student(46),
  roomEarly: student(47),
  roomOlder: student(49),
  roomNote: student(48),
  deliveryOther: student(50),
  deliveryStorage: student(51),
  deliveryMoves: student(52),
  deliverySignsOut: student(53),
  deliveryWaits: student(54),
  deliveryRefused: student(56),
  deliveryUnreadable: student(57),
  deliveryTranslated: student(58),
  deliverySleeps: student(59),
  deliveryExtended: student(61),
  deliveryEnter: student(62),
  // Has begun the course.
  deliveryCheck: student(64),
  prints: student(69),
  practises: student(34),
  practisesPlain: student(35),
  markup: student(190),
  guessed: student(191),
  roomClears: student(192),
  deliveryLeavesRoom: student(102),
  deliveryAsks: student(103),
  deliveryHints: student(104),
  foreign: student(105),
  roomCutOff: student(193),
  // Have begun the course.
  goesAbout: student(67),
  comesBack: student(68),
  leavesCheck: student(70),
  leavesRoom: student(71),
  lacksFiles: student(72),
  signedOutMeanwhile: student(73),
  comesBackToAll: student(75),
  comesTwice: student(76),
  wanders: student(100),
  hurries: student(101),
  deployReads: student(78),
  deployChecks: student(79),
  deployRoom: student(80),
  outageReads: student(81),
  outageGoes: student(82),
  outageRoom: student(83),
  drawnLearner: student(84),
  asksOnce: student(85),
  goesLate: student(86),
  fetchesOnce: student(87),
  olderForm: student(89),
  registersAgain: student(106),
  zoneAsks: student(107),
  zoneAsksPlain: student(108),
  zoneLeads: student(109),
  // Has opened nothing.
  looksAway: student(163),
  healingLeavesCheck: student(194),
  healingLeavesRoom: student(196),
  // Have begun the course, with different progress.
  sharesBrowser: student(195),
  sharesBrowserToo: student(197),
  // In the cohort that the tutor follows.
  reminded: student(111),
  remindedPlain: student(114),
  // Has not begun the last module.
  hasDates: student(117),
  setterTried: student(115),
  profile: student(144),
  profilePlain: student(145),
  profileReader: student(146),
  profileOutside: student(147),
  candidateWide: student(148),
  candidateNarrow: student(149),
  candidatePlain: student(151),
  candidatePhone: student(152),
  candidateCalculates: student(155),
  candidateChecks: student(157),
  candidateChecksPlain: student(158),
  padTaps: student(133),
  padCutOff: student(134),
  figuresWide: student(119),
  figuresNarrow: student(122),
  figuresPlain: student(128),
  // Have begun the course, and not its last modules.
  homeResumes: student(112),
  homeResumesPlain: student(92),
  // Has completed nothing.
  recordsNothing: student(90),
  reads: student(118),
  readsPlain: student(153),
  highlights: student(183),
  highlightsPlain: student(184),
  offlineNot: student(7),
  offlineEnds: student(10),
  offlineVersion: student(13),
  // Has not begun the course.
  offlineReads: student(4),
  // Has sat nothing.
  homeSits: student(116),
  readAloudRoom: student(178),
  readAloudWheel: student(179),
  looks: student(181),
  looksPlain: student(182),
  looksDark: student(185),
  setsReminders: student(126),
  setsRemindersPlain: student(129),
};

/** People whom a university has invited, and who have not opened their account yet. Each test has its own. */
export const INVITED = {
  opens: invited(0),
  opensPlain: invited(1),
  asksAgain: invited(2),
  stops: invited(3),
  registersToo: invited(4),
  axeWide: invited(5),
  axeNarrow: invited(6),
  withdraws: invited(7),
  drawn: invited(8),
};

/** People of that employer, who have completed the course and have not said yet what they think of it. */
export const STAFF = {
  endsPlain: staff(9),
  ends: staff(10),
  drawn: staff(11),
  records: staff(12),
  recordsPlain: staff(13),
};

function staff(n: number): string {
  return `staff${String(n).padStart(3, '0')}@demo.example`;
}

function invited(n: number): string {
  return `invited${String(n).padStart(3, '0')}@demo.example`;
}

function student(n: number): string {
  return `student${String(n).padStart(3, '0')}@demo.example`;
}

/** Fills in the form and sends it; the test checks the result. */
export async function tryToSignIn(page: Page, email: string, password = PASSWORD, remember = false) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  if (remember) await page.getByLabel('Remember me for two weeks').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in and waits until the start page says hello. Works with scripts and without. */
export async function signIn(page: Page, email: string, password = PASSWORD) {
  await page.goto('/sign-in');
  await tryToSignIn(page, email, password);
  await expect(page.getByRole('heading', { level: 1, name: /^Hello, / })).toBeVisible();
}

/** Another device: a browser with cookies of its own, signed in, showing `path`. */
export async function onAnotherDevice(browser: Browser, email: string, path: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, email);
  await page.goto(path);
  await hydrated(page);
  return { context, page };
}
