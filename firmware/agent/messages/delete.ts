/** Delete: rows that are no longer wanted. */

import type {
	DeletedObjectResult,
	DeleteRequest,
	DeleteResponse,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import { codeOf } from '../../../runtime/error.ts';
import type { DataModel } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import type { Editor } from '../data-model/provider.ts';
import type { Place } from '../data-model/view.ts';
import { faultOf, UspError } from '../error.ts';
import { editorOf, type Planned, planned, requireAll } from './edits.ts';

interface EditOptions {
	readonly model: DataModel;
	readonly by: Editor;
}

interface Requested {
	readonly path: string;
	readonly rows: readonly Planned<void>[];
}

/** Errors: `PartialError`. */
export async function remove(request: DeleteRequest, options: EditOptions): Promise<DeleteResponse> {
	const all: Requested[] = [];
	for (const path of request.objPaths) all.push({ path, rows: await plans({ ...options, path }) });
	requireAll(
		all.flatMap(({ rows }) => rows),
		request.allowPartial,
	);
	const deletedObjResults: DeletedObjectResult[] = [];
	for (const each of all) deletedObjResults.push(await deleted(each));
	return { deletedObjResults };
}

async function plans({ model, by, path }: EditOptions & { path: string }): Promise<Planned<void>[]> {
	try {
		const rows: Planned<void>[] = [];
		for (const place of await placesOf(model, path))
			rows.push(
				await planned(place.path, async () =>
					editorOf(place, 'delete-failure').remove(place.at.at(-1) ?? 0, by),
				),
			);
		return rows;
	} catch (error) {
		return [{ path, fault: faultOf(error, 'internal-error') }];
	}
}

async function placesOf(model: DataModel, text: string): Promise<Place[]> {
	const path = parsePath(text);
	const [last] = path.segments.slice(-1);
	if (path.leaf !== undefined || last === undefined || last.kind === 'name')
		throw new UspError('object-not-a-table', `"${text}" names no row of a table`);
	try {
		return await model.view().resolve(path);
	} catch (error) {
		// R-DEL.2a: what is not there needs no deleting.
		if (codeOf(error) === 'object-does-not-exist') return [];
		throw error;
	}
}

async function deleted({ path, rows }: Requested): Promise<DeletedObjectResult> {
	const affectedPaths: string[] = [];
	for (const { path: affected, plan, fault } of rows) {
		try {
			if (plan === undefined) return failed(path, fault);
			await plan.commit();
			affectedPaths.push(affected);
		} catch (error) {
			return failed(path, faultOf(error, 'delete-failure'));
		}
	}
	return { requestedPath: path, operStatus: { operSuccess: { affectedPaths, unaffectedPathErrs: [] } } };
}

function failed(requestedPath: string, { code, text }: { code: number; text: string }): DeletedObjectResult {
	return { requestedPath, operStatus: { operFailure: { errCode: code, errMsg: text } } };
}
