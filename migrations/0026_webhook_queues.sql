-- owner: webhooks

-- Each time that it is disabled an endpoint gets a new queue: what waits in an older one is given up.
alter table webhook_endpoint add column queue integer not null default 0;
alter table webhook_delivery add column queue integer not null default 0;

create index webhook_delivery_pending on webhook_delivery (endpoint_id, id) where state = 'pending';
create index webhook_delivery_discarded on webhook_delivery (endpoint_id, id) where state = 'discarded';
