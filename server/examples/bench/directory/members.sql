-- Made-up members, of whom a larger area has those of a smaller one too. Given names and surnames are drawn unevenly, like
-- real ones, and one surname in three is put together, so that the words grow with the members.
create temporary table made as
with given as (
    select string_to_array('Aaron,Abigail,Adam,Agnes,Aisha,Alan,Alice,Amir,Amy,Andrew,Angela,Anjali,Anna,Anwen,Aoife,Arjun,Asha,Barbara,Beata,Ben,Bethan,Brian,Bronwen,Callum,Carys,Catherine,Chidi,Chinedu,Ciara,Claire,Conor,Craig,Daniel,David,Deepa,Dilys,Donna,Dylan,Edward,Eilidh,Eleri,Elizabeth,Emma,Eoin,Fatima,Femi,Fiona,Folake,Gareth,Gary,Grace,Graham,Grzegorz,Hamish,Hannah,Harpreet,Hassan,Helen,Hui,Hywel,Ian,Ibrahim,Imogen,Imran,Iwona,Jack,Jacqueline,James,Jane,Jennifer,Jia,Joanne,John,Joseph,Julia,Kamal,Karen,Kasia,Katarzyna,Keith,Kevin,Kwame,Laura,Lei,Leszek,Lewis,Linda,Lisa,Louise,Lucy,Magdalena,Malgorzata,Manjit,Marek,Margaret,Maria,Mark,Mary,Matthew,Maureen,Mei,Michael,Ming,Mohammed,Nadia,Naomi,Neha,Niamh,Nicola,Nigel,Niall,Obinna,Oisin,Olivia,Oluwaseun,Owen,Pamela,Patricia,Paul,Pawel,Peter,Philip,Piotr,Priya,Rachel,Rahul,Ravi,Rebecca,Rhian,Rhys,Richard,Robert,Roisin,Rosemary,Ruth,Ryan,Sally,Samina,Sandra,Sarah,Saoirse,Sean,Shabana,Sharon,Sian,Simon,Sinead,Sion,Sophie,Stephen,Steven,Sunita,Susan,Tadhg,Tariq,Temitope,Thomas,Tomasz,Tracey,Usha,Victoria,Vikram,Wei,Wendy,William,Xin,Yan,Yasmin,Yewande,Ying,Zainab,Zofia', ',') as names
), surnames as (
    select string_to_array('Smith,Jones,Williams,Taylor,Brown,Davies,Evans,Wilson,Thomas,Johnson,Roberts,Robinson,Thompson,Wright,Walker,White,Edwards,Hughes,Green,Hall,Lewis,Harris,Clarke,Patel,Jackson,Wood,Turner,Martin,Cooper,Hill,Ward,Morris,Moore,Clark,Lee,King,Baker,Harrison,Morgan,Allen,James,Scott,Phillips,Watson,Davis,Parker,Price,Bennett,Young,Griffiths,Mitchell,Kelly,Cook,Carter,Richardson,Bailey,Collins,Bell,Shaw,Murphy,Miller,Cox,Richards,Khan,Marshall,Anderson,Simpson,Ellis,Adams,Singh,Begum,Wilkinson,Foster,Chapman,Powell,Webb,Rogers,Gray,Mason,Ali,Hunt,Hussain,Campbell,Matthews,Owen,Palmer,Holmes,Mills,Barnes,Knight,Lloyd,Butler,Russell,Barker,Fisher,Stevens,Jenkins,Murray,Dixon,Harvey,Kowalski,Kowalczyk,Nowak,Wisniewski,Wojcik,Lewandowska,Zielinska,Okafor,Okonkwo,Adeyemi,Mensah,Boateng,Owusu,Achebe,Chen,Wang,Zhang,Liu,Huang,Zhao,Ahmed,Sharma,Gupta,Chaudhry,Iyer,Reddy,O''Brien,O''Connor,Ryan,Byrne,Walsh,Doyle,Gallagher,McCarthy,Llewellyn,Pritchard,Bowen,Gwynne', ',') as names,
        string_to_array('Ash,Black,Brad,Burn,Cal,Dar,East,Elm,Fair,Gold,Hart,Hazel,Holling,Kemp,Lang,Marl,Net,Nor,Oak,Pem,Quin,Rad,Rose,Sher,Stan,Thorn,Under,Wake,West,Wool,Ames,Birch,Cran,Dun,Elder,Frost,Gars,Hock,Ingle,Jarr,Kirk,Lock,Mead,Nether,Over,Penn,Raven,Selby,Tod,Wyn', ',') as heads,
        string_to_array('er,ing,le,en,ar,es,on,el,ey,an,is,or,et,al,ow,in,ers,ley,um,as', ',') as middles,
        string_to_array('worth,bury,by,combe,croft,dale,den,field,ford,gate,ham,hurst,ing,land,ley,low,man,mere,more,ness,ridge,sall,shaw,side,stead,stone,stow,thorpe,ton,tree,wall,water,way,wick,win,wold,wood,yard,ett,ock', ',') as tails
), words as (
    select string_to_array('Pharmacist,Nurse,Physiotherapist,Paramedic,Podiatrist,Radiographer,Optometrist,Dietitian,Midwife,Trainer/Assessor', ',') as roles,
        string_to_array('Primary care,Hospital,Community,Mental health,Urgent care,Care homes,Hospice,Prison health', ',') as areas,
        string_to_array('Leeds,London,Cardiff,Belfast,Glasgow,Manchester,Swansea,Bristol,Birmingham,Newry,Truro,Carlisle,Norwich,Hull,Exeter,Dundee,Bangor,Derby,Kendal,Ely', ',') as places,
        string_to_array('asthma,COPD,diabetes,hypertension,pain,palliative care,dermatology,frailty,deprescribing,antimicrobials,contraception,menopause,heart failure,epilepsy,wound care', ',') as interests
)
select ('5ea40000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as person,
    g.names[1 + floor(power(h.a, 1.6) * cardinality(g.names))::int] || ' ' || case
        when h.b < 0.35 then s.heads[1 + floor(h.c * cardinality(s.heads))::int]
            || case when h.b < 0.1 then s.middles[1 + floor(h.b * 10 * cardinality(s.middles))::int] else '' end
            || s.tails[1 + floor(h.d * cardinality(s.tails))::int]
        when h.b < 0.38 then s.names[1 + floor(h.c * cardinality(s.names))::int] || '-' || s.names[1 + floor(h.d * cardinality(s.names))::int]
        else s.names[1 + floor(power(h.c, 1.6) * cardinality(s.names))::int]
    end as name,
    case when h.e < 0.9 then w.roles[1 + floor(power(h.f, 1.5) * cardinality(w.roles))::int] end as role,
    case when h.f < 0.8 then w.areas[1 + floor(h.e * cardinality(w.areas))::int] end as work_area,
    case when h.d < 0.8 then w.places[1 + floor(power(h.a * 7 % 1, 1.3) * cardinality(w.places))::int] end as place,
    case when h.c < 0.6 then w.interests[1 + floor(h.b * 13 % 1 * cardinality(w.interests))::int] || ', ' || w.interests[1 + floor(h.d * 11 % 1 * cardinality(w.interests))::int] end as interests,
    timestamptz '2024-01-01 09:00Z' + h.e * interval '900 days' as joined_at,
    n
from generate_series(1, $MOST) n
cross join given g cross join surnames s cross join words w
cross join lateral (select
    (hashint8extended(n, 1) & 1048575) / 1048576.0 as a, (hashint8extended(n, 2) & 1048575) / 1048576.0 as b,
    (hashint8extended(n, 3) & 1048575) / 1048576.0 as c, (hashint8extended(n, 4) & 1048575) / 1048576.0 as d,
    (hashint8extended(n, 5) & 1048575) / 1048576.0 as e, (hashint8extended(n, 6) & 1048575) / 1048576.0 as f) h;
