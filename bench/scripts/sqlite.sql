-- Inserts, indices, joins, aggregates, updates and deletes on tables of :rows rows. Integers and text only: the last digit
-- of a printed real number differs between machines.
pragma temp_store = memory;
create table points(id integer primary key, key integer, label text);
create table names(key integer primary key, name text);

begin;
with recursive n(x) as (values (1) union all select x + 1 from n where x < :rows)
insert into points select x, (x * 7919) % 10007, 'label-' || ((x * 104729) % 1000003) from n;
insert into names select distinct key, 'name ' || key || ' of many' from points;
commit;
select count(*), sum(key), min(label), max(label) from points;

create index by_label on points(label);
create index by_key on points(key, id);
select count(*) from points where label between 'label-3' and 'label-5';
select key, count(*), sum(id) from points group by key order by 2 desc, 1 limit 5;
select n.name, count(*), max(p.label) from points p join names n on n.key = p.key where p.id % 3 = 0 group by n.name order by 2 desc, 1 limit 5;
select sum(length(label) * id % 97) from points where label like '%77%';

begin;
update points set label = label || '-' || (id % 10) where id % 5 = 0;
delete from points where id % 7 = 0;
insert into points select id + :rows, key + 1, upper(label) from points where id % 4 = 1;
commit;
select count(*), sum(key), min(label), max(label) from points;
select count(*) from points a where exists (select 1 from points b where b.key = a.key and b.id > a.id);
select key, group_concat(id) from (select key, id from points where key < 3 order by key, id) group by key;
pragma integrity_check;
