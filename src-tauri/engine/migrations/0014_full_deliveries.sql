-- A delivery has at most 200 pushes, as store/deliveries.rs holds it from now on: what takes its first push away, or
-- counts them, looks at no more. Those that are longer are cut into such as are not.

WITH longer AS (SELECT delivery AS first FROM exchange WHERE delivery IS NOT NULL GROUP BY 1 HAVING count(*) >= 200),
     counted AS (SELECT e.id, e.delivery AS first, row_number() OVER (PARTITION BY e.delivery ORDER BY e.id) AS place
                   FROM exchange e WHERE e.delivery IN (SELECT first FROM longer)),
     cut AS (SELECT id, place, min(id) OVER (PARTITION BY first, place / 200) AS head FROM counted)
UPDATE exchange SET delivery = nullif(cut.head, exchange.id) FROM cut WHERE cut.id = exchange.id AND cut.place >= 200;
