-- owner: sessions

-- The sessions of a browser: it is known for as long as one of them is used.
create index session_browser on session (environment_id, browser_session_id) where browser_session_id is not null;
