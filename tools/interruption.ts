/** What a program of this house does when it is to end: what runs has something to put away. */

/** Aborted by Ctrl-C, by who ends it, and by the terminal that is closed. The second time is for good. */
export function interruption(): AbortSignal {
	const enough = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(name, () => {
			if (enough.signal.aborted) process.exit(130);
			enough.abort();
		});
	return enough.signal;
}
