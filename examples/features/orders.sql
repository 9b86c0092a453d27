-- Orders and sales of each restaurant, minute by minute, from plain Flink SQL. Any Flink job or script can be a producer of features:
-- docs/feature-producers.md. Beside Flink it needs dhara-feature-connector-<version>-sql.jar in lib/; run it from the root of this repository:
--
--   ./dhara up                                                       # prints where its Kafka is
--   bin/sql-client.sh -f examples/features/orders.sql                # of a Flink 2.2 distribution

-- Stands for a topic of orders, so that nothing else is needed.
CREATE TEMPORARY TABLE orders (
  restaurant_id INT,
  amount        DOUBLE,
  created_at    TIMESTAMP_LTZ(3),
  WATERMARK FOR created_at AS created_at - INTERVAL '1' SECOND
) WITH (
  'connector' = 'datagen',
  'number-of-rows' = '1000',
  'rows-per-second' = '1000',
  'fields.restaurant_id.min' = '1',
  'fields.restaurant_id.max' = '20',
  'fields.amount.min' = '5',
  'fields.amount.max' = '80'
);

-- The primary key is the entity's key, event_time says when the values hold, all other columns are features of the group.
CREATE TEMPORARY TABLE order_minutes (
  restaurant_id STRING,
  orders        BIGINT,
  sales         DOUBLE,
  event_time    TIMESTAMP_LTZ(3),
  PRIMARY KEY (restaurant_id) NOT ENFORCED
) WITH (
  'connector' = 'dhara-features',
  'properties.bootstrap.servers' = 'localhost:9092',
  'entity' = 'restaurant',
  'group' = 'order_minutes',
  'registry.folder' = 'examples/schemas'
);

-- window_time is the last millisecond of the minute.
INSERT INTO order_minutes
SELECT CAST(restaurant_id AS STRING), COUNT(*), SUM(amount), window_time
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(created_at), INTERVAL '1' MINUTE))
GROUP BY restaurant_id, window_start, window_end, window_time;
