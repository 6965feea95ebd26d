/** What can name a file of a box: one plain segment of a path. */
import { DirectoryError } from './directory-error.ts';

const pattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,200}$/;

export function isFileName(name: string): boolean {
	return pattern.test(name);
}

/** @throws DirectoryError `bad-name` */
export function checkedFileName(name: string): string {
	if (isFileName(name)) return name;
	throw new DirectoryError(
		'bad-name',
		`${JSON.stringify(name)} cannot name a file: use up to 200 of A-Z a-z 0-9 . _ -`,
	);
}
