import { execFileSync } from 'node:child_process';

export interface Member {
  email: string;
  name: string;
  /** Their page in the area. */
  page: string;
}

/** Accounts with these names, made for one test, as members of an area of its own for a week. The first leads it. They sign in as the demo's people do. */
export function areaOf(slug: string, names: string[]): Member[] {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const member = (name: string, n: number) => `
    insert into people (id, email, full_name, password_hash, demo, created_at, activated_at)
      select gen_random_uuid(), ${quoted(emailOf(slug, n))}, ${quoted(name)}, password_hash, true, now(), now()
      from people where email = 'student000@demo.example';
    select set_config('zone.person', (select id from people where email = ${quoted(emailOf(slug, n))})::text, true);
    insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
      select gen_random_uuid(), a.id, zone_person(), 'member', '1', now() - interval '7 days', now() - interval '7 days', now() - interval '7 days'
      from zone_areas a where a.slug = ${quoted(slug)};
    insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
      select m.id, m.area_id, m.person_id, ${quoted(name)}, m.decided_at, m.decided_at
      from zone_members m where m.person_id = zone_person();
    select 'member ' || m.id from zone_members m where m.person_id = zone_person();`;
  const input = `
    begin;
    insert into zone_areas (id, slug, name, aim, made_at) values (gen_random_uuid(), ${quoted(slug)}, ${quoted(`Area ${slug}`)}, 'To find each other', now());
    ${names.map(member).join('\n')}
    insert into grants (person_id, role, zone_area_id, granted_at, reason)
      select p.id, 'zone-lead', a.id, now(), 'For a test' from people p, zone_areas a
      where p.email = ${quoted(emailOf(slug, 0))} and a.slug = ${quoted(slug)};
    commit;`;
  const told = execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', process.env.DATABASE_URL!], { input, encoding: 'utf8' });
  const ids = [...told.matchAll(/^member (.+)$/gm)].map((found) => found[1]);
  return names.map((name, n) => ({ email: emailOf(slug, n), name, page: `/zone/${slug}/members/${ids[n]}` }));
}

function emailOf(slug: string, n: number): string {
  return `${slug}-${n}@zone.example`;
}
