"""All that outlives a process: tables, queries, migrations, stored files, jobs, and the settings to reach them."""
