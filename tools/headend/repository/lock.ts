/** Lets one process at a time change the repository, such as a headend and a command line. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { RepositoryError } from './repository-error.ts';

const RETRY_MS = 20;

/**
 * Runs the action while no other process runs one with the same lock file. The lock is SQLite's on an
 * empty database, because the kernel takes it back from a process that dies. Errors: `repository-locked`.
 */
export async function withLock<Result>(
	{ path, waitMs = 30_000 }: { path: string; waitMs?: number },
	action: () => Promise<Result>,
): Promise<Result> {
	const database = new DatabaseSync(path, { timeout: 0 });
	try {
		const deadline = performance.now() + waitMs;
		while (!tryLock(database)) {
			if (performance.now() > deadline) {
				throw new RepositoryError(
					'repository-locked',
					`${path} has been held for ${waitMs} ms by another process`,
				);
			}
			await sleep(RETRY_MS);
		}
		return await action();
	} finally {
		database.close();
	}
}

function tryLock(database: DatabaseSync): boolean {
	try {
		database.exec('BEGIN EXCLUSIVE');
		return true;
	} catch (error) {
		// SQLITE_BUSY
		if ((error as { errcode?: number }).errcode === 5) return false;
		throw error;
	}
}
