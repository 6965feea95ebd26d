/** A field with a whole number from 1 on: by what it is read, and in what words it is explained. */
export interface NumberField {
	/** Where the field is missing. */
	readonly fallback: number;
	readonly most: number;
	/** What it is, with its unit. */
	readonly what: string;
	/** What happens to who wants more than it says. */
	readonly beyond: string;
}
