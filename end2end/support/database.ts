import { execFileSync } from 'node:child_process';
import { expect, type Page } from '@playwright/test';

/** The stored answer to a question; `null` for no answer. */
export type Response = { number: { typed: string; unit: string } } | { text: string } | { chosen: string[] } | { ordered: string[] } | null;

export interface Given {
  response: Response;
  flagged: boolean;
}

const ANSWERS = `
  select coalesce(json_agg(json_build_object('response', a.response, 'flagged', coalesce(a.flagged, false)) order by i.position), '[]')
  from sittings t
  join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
  left join answers a on a.sitting_id = t.id and a.item_id = i.id
  where t.id = :'sitting'`;

/** Makes a paper open in this number of seconds: the form takes whole minutes. */
export function opensIn(code: string, seconds: number) {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `code=${code}`, '-v', `seconds=${seconds}`, process.env.DATABASE_URL!];
  const input = "update papers set opens_at = now() + make_interval(secs => :'seconds') where access_code = :'code'";
  execFileSync('psql', options, { input });
}

/** Makes the time of this room's sitting end in this number of seconds. */
export function endsIn(room: string, seconds: number) {
  const sitting = room.split('/').pop()!;
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `sitting=${sitting}`, '-v', `seconds=${seconds}`, process.env.DATABASE_URL!];
  const input = "update sittings set started_at = now() - make_interval(secs => allowed_seconds - :'seconds') where id = :'sitting'";
  execFileSync('psql', options, { input });
}

/** Puts somebody on the demo's course by themselves, in no cohort, with this number of completed modules. */
export function followsAlone(email: string, completed: number) {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `email=${email}`, '-v', `completed=${completed}`, process.env.DATABASE_URL!];
  const input = `insert into enrolments (id, learner_id, course_id, enrolled_at, modules_completed)
    select gen_random_uuid(), p.id, c.id, now(), :'completed'::smallint from people p, courses c where p.email = :'email' and c.slug = 'nmp'`;
  execFileSync('psql', options, { input });
}

/** A student has completed little, and was last seen this number of days ago. */
export function unseenFor(email: string, days: number) {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `email=${email}`, '-v', `days=${days}`, process.env.DATABASE_URL!];
  const input = `update enrolments e set last_seen_at = now() - make_interval(days => :'days'), modules_completed = least(e.modules_completed, 3)
    from people p where p.id = e.learner_id and p.email = :'email'`;
  execFileSync('psql', options, { input });
}

/** Somebody got a reminder that they had set, whose link to stop has this token. */
export function gotReminder(email: string, token: string) {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `email=${email}`, '-v', `token=${token}`, process.env.DATABASE_URL!];
  const input = `insert into own_reminded (person_id, sent_on, weekly, stop_hash)
    select p.id, current_date - 1, true, sha256(:'token') from people p where p.email = :'email'`;
  execFileSync('psql', options, { input });
}

/** The id of the paper with this title. */
export function paperCalled(title: string): string {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `title=${title}`, process.env.DATABASE_URL!];
  return execFileSync('psql', options, { input: "select id from papers where title = :'title'", encoding: 'utf8' }).trim();
}

/** How often a learner has opened the page with this slug. */
export function openings(email: string, slug: string): number {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `email=${email}`, '-v', `slug=${slug}`, process.env.DATABASE_URL!];
  const input = `select coalesce(sum(o.times), 0) from page_openings o join pages p on p.id = o.page_id
    join enrolments e on e.id = o.enrolment_id join people l on l.id = e.learner_id where l.email = :'email' and p.slug = :'slug'`;
  return Number(execFileSync('psql', options, { input, encoding: 'utf8' }));
}

const DEMO = {
  /** The cohort that the tutor follows. */
  cohort: "select id from cohorts where name = 'Independent prescribing, September 2026'",
  /** Paper that the cohort has sat, and the one that is open. */
  sat: "select id from papers where title = 'Numeracy check, autumn (demo)'",
  open: "select id from papers where title = 'Numeracy practice paper (demo)'",
  slug: "select slug from organisations where name = 'University of Northfield (demo)'",
  hospital: "select slug from organisations where name = 'Harbour Hospital (demo)'",
  employer: "select slug from organisations where name = 'Harbour Community Trust (demo)'",
  /** The upload of the demo, which is done. */
  upload: "select id from uploads where file_name = 'Prescribers January (demo).xlsx'",
  organisation: "select organisation_id from papers where title = 'Numeracy check, autumn (demo)'",
  /** For a candidate with a certificate: the address, the sitting and the code. */
  candidate: "select p.email from people p join sittings s on s.learner_id = p.id where s.verification_code is not null order by s.id limit 1",
  sitting: 'select id from sittings where verification_code is not null order by id limit 1',
  code: 'select verification_code from sittings where verification_code is not null order by id limit 1',
};

const SIXTY = {
  /** Extra time of addresses in the demo's organisation, one in ten with breaks. */
  'extra time': `insert into exam_adjustments (email, organisation_id, extra_percent, break_minutes, set_at)
    select :'mark' || to_char(n, 'FM00') || '@list.example', (${DEMO.organisation}), n + 1, case when n % 10 = 0 then 5 else 0 end, now()
    from generate_series(0, 59) n`,
  /** Copies of templates of the shared bank, retired, so that no paper of another journey draws one. */
  templates: `insert into question_templates (id, organisation_id, name, category, difficulty, source, retired, imported_at)
    select gen_random_uuid(), (${DEMO.organisation}), :'mark' || to_char(row_number() over (order by name), 'FM00'), category, difficulty,
      source, true, now()
    from question_templates where organisation_id is null and not retired order by name limit 60`,
  organisations: `insert into organisations (id, name, kind, created_at)
    select gen_random_uuid(), 'Éducation ' || :'mark' || ' ' || to_char(n, 'FM00'), case when n < 20 then 'employer' else 'university' end, now()
    from generate_series(0, 59) n`,
};

/** Makes sixty rows, so that the list has more than one page. Their names contain the mark. */
export function sixty(what: keyof typeof SIXTY, mark: string) {
  execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `mark=${mark}`, process.env.DATABASE_URL!], { input: SIXTY[what] });
}

/** A value from the demo. */
export function demo(what: keyof typeof DEMO): string {
  return execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', process.env.DATABASE_URL!], { input: DEMO[what], encoding: 'utf8' }).trim();
}

/** The stored answers to every question of this room's sitting, in the order of the paper. */
export function stored(room: string): Given[] {
  const sitting = room.split('/').pop()!;
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `sitting=${sitting}`, process.env.DATABASE_URL!];
  return JSON.parse(execFileSync('psql', options, { input: ANSWERS, encoding: 'utf8' }));
}

export async function holds(room: string, expected: Given[]) {
  await expect.poll(() => stored(room), { message: 'what the database holds' }).toEqual(expected);
}

/** The present contents of the question's controls, not those that they were drawn with. */
export function shown(page: Page): Promise<Given> {
  return page.locator('form.question-form').evaluate((form: HTMLFormElement) => {
    const data = new FormData(form);
    const text = (name: string) => `${data.get(name) ?? ''}`;
    const chosen = data.getAll('chosen[]') as string[];
    const [kind, typed] = [text('kind'), text('typed')];
    const all: Record<string, unknown> = {
      number: typed.trim() ? { number: { typed, unit: text('unit') } } : null,
      text: typed.trim() ? { text: typed } : null,
      chosen: chosen.length ? { chosen: [...chosen].sort() } : null,
      ordered: { ordered: chosen },
      untouched: null,
    };
    return { response: all[kind] as never, flagged: text('flagged') === 'true' };
  });
}

export async function shows(page: Page, expected: Given) {
  await expect.poll(() => shown(page), { message: `what ${page.url()} shows` }).toEqual(expected);
}
