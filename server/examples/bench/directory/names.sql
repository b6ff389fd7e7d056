-- Five hundred made-up names of the kinds that a register of prescribers in the United Kingdom has, each once.
create temporary table wanted as
with kinds (kind, given, surnames) as (values
    ('British', 'Harriet,Rupert,Imelda,Barnaby,Cordelia,Duncan,Felicity,Gilbert,Hermione,Jocelyn,Lavinia,Mortimer,Penelope,Quentin,Rosalind', 'Featherstone,Wetherby,Hargreaves,Culpepper,St John,Smith-Jones,Postlethwaite,Arkwright,Micklethwait,Blenkinsop,Thistlewood,Pemberton,Ravenscroft,Haythornthwaite,Winterbottom'),
    ('Irish', 'Gráinne,Ruairí,Caoimhe,Fionnuala,Pádraig,Muireann,Diarmuid,Sorcha,Cathal,Bríd,Eimear,Lorcán,Orlaith,Séamus,Deirdre', 'O''Shaughnessy,Ní Bhriain,Mac Giolla,O''Donoghue,Fitzgerald,O''Sullivan,Hanrahan,McLoughlin,O''Rourke,Cunningham,Ó Súilleabháin,McNamara,Prendergast,O''Flaherty,Heffernan'),
    ('South Asian', 'Aravind,Lakshmi,Ranjit,Sumaira,Venkatesh,Parveen,Gurpreet,Nasreen,Tahmina,Jaswinder,Meenakshi,Shahid,Kuldeep,Rukhsana,Balwinder', 'Krishnamurthy,Bhattacharya,Chattopadhyay,Qureshi,Siddiqui,Subramaniam,Dhaliwal,Choudhury,Mukherjee,Rahman,Venkataraman,Sandhu,Ramanathan,Bandara,Wickramasinghe'),
    ('West African', 'Adébáyọ̀,Chimamanda,Ọlá,Nkechi,Kofi,Abena,Ṣẹ́gun,Ifeanyi,Akosua,Tunde,Ngozi,Yaw,Bọ́láńlé,Uchenna,Mamadou', 'Gbọ́láhàn,Nwachukwu,Asante-Boateng,Ogunleye,Diallo,Onyekachi,Agyeman,Babatunde,Oyelaran,Ezeigbo,Traoré,Appiah,Olatunji,Chukwuemeka,Sarpong'),
    ('Polish', 'Łukasz,Małgorzata,Wojciech,Agnieszka,Przemysław,Jadwiga,Mieczysław,Bożena,Zbigniew,Grażyna,Stanisław,Halina,Krzysztof,Urszula,Bogusław', 'Wiśniewski,Dąbrowski,Szczepański,Jabłoński,Woźniak,Kaczmarek,Zawadzki,Głowacki,Pawłowicz,Brzęczyszczykiewicz,Gołębiowski,Świątek,Krzyżanowski,Sikorska,Mazurkiewicz'),
    ('Chinese', 'Xiaoming,Zhiqiang,Wai-Ling,Siu Fong,Jianguo,Meihua,Ka Yan,Guozhen,Yuxuan,Hoi-Lam,Zihan,Chunhua,Tsz Kin,Minghao,Lihua', 'Ouyang,Cheung,Leung,Szeto,Zheng,Kwok,Huang,Tsang,Xiong,Cheng,Yeung,Zhou,Guo,Shangguan,Lam'),
    ('Welsh', 'Siân,Llŷr,Angharad,Gwenllïan,Myfanwy,Rhodri,Tesni,Ceinwen,Ieuan,Delyth,Geraint,Heledd,Blodwen,Emyr,Iorwerth', 'Llywelyn,ap Rhys,Gruffydd,Prydderch,Cadwaladr,Morgan-Rhys,Penrhyn,Bevan,Vaughan,Trahaearn,Protheroe,Gwilym,Meredith,Llewelyn-Bowen,Yorath')
), pairs as (
    select k.kind, g.name || ' ' || s.name as name, row_number() over (partition by k.kind order by (g.n + s.n * 7) % 15, g.n) as n
    from kinds k
    cross join unnest(string_to_array(k.given, ',')) with ordinality g (name, n)
    cross join unnest(string_to_array(k.surnames, ',')) with ordinality s (name, n)
)
select row_number() over (order by n, kind)::int as n, kind, name from pairs order by n, kind limit 500;

-- Four slips of each: another letter, two letters swapped, no accents and apostrophes, the parts in the other order.
create temporary table slips as
select w.n, w.kind, w.name, s.slip, s.typed, ('5ea40002-0000-7000-8000-' || lpad(to_hex(w.n), 12, '0'))::uuid as member
from wanted w
cross join lateral (select w.n % greatest(1, least(4, length(p.part) - 3)) + 3 as at, p.part, strpos(w.name, p.part) as begins
    from unnest(string_to_array(w.name, ' ')) p (part) order by length(p.part) desc, p.part limit 1) longest
cross join lateral (select longest.begins + longest.at - 1 as at) here
cross join lateral (values
    ('a letter', overlay(w.name placing case when substr(w.name, here.at, 1) = 'e' then 'a' else 'e' end from here.at for 1)),
    ('two swapped', overlay(w.name placing substr(w.name, here.at, 1) || substr(w.name, here.at - 1, 1) from here.at - 1 for 2)),
    ('no accent or apostrophe', replace(translate(searchable(w.name), '-', ' '), '''', '')),
    ('other order', substr(w.name, strpos(w.name, ' ') + 1) || ' ' || split_part(w.name, ' ', 1))
) s (slip, typed);
