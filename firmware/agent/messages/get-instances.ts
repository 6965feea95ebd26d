/** GetInstances: which rows the tables have. */

import type {
	CurrentInstance,
	GetInstancesRequest,
	GetInstancesResponse,
	RequestedInstancesResult,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { DataModel, Node } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import { textOf } from '../data-model/provider.ts';
import type { Place, View } from '../data-model/view.ts';
import { faultOf, UspError } from '../error.ts';
import { AnswerSize } from './answer-size.ts';

/** Errors: `resources-exceeded` where the rows would not fit into one answer. */
export async function getInstances(
	{ objPaths, firstLevelOnly }: GetInstancesRequest,
	model: DataModel,
): Promise<GetInstancesResponse> {
	const view = model.view();
	const size = new AnswerSize();
	const reqPathResults: RequestedInstancesResult[] = [];
	for (const requestedPath of objPaths) {
		const empty = { requestedPath, errCode: 0, errMsg: '', currInsts: [] };
		try {
			const currInsts = await instances({ view, text: requestedPath, firstLevelOnly });
			reqPathResults.push({ ...empty, currInsts });
		} catch (error) {
			const { code, text } = faultOf(error, 'internal-error');
			reqPathResults.push({ ...empty, errCode: code, errMsg: text });
		}
		const { errMsg = '', currInsts = [] } = reqPathResults.at(-1) ?? {};
		size.add(requestedPath, errMsg);
		for (const { instantiatedObjPath, uniqueKeys } of currInsts)
			size.add(instantiatedObjPath, ...Object.entries(uniqueKeys).flat());
	}
	return { reqPathResults };
}

async function instances(options: {
	view: View;
	text: string;
	firstLevelOnly: boolean;
}): Promise<CurrentInstance[]> {
	const { view, text, firstLevelOnly } = options;
	const path = parsePath(text);
	if (path.leaf !== undefined)
		throw new UspError('invalid-path', `"${text}" is no object; its path ends in a dot`);
	const places = await view.resolve(path);
	if (places.some(({ node }) => !hasTables(node)))
		throw new UspError('object-not-a-table', `there are no tables at "${text}"`);

	const found: CurrentInstance[] = [];
	let level = places;
	while (level.length > 0) {
		const rows: Place[] = [];
		for (const place of level)
			rows.push(...(place.node.row === undefined ? await tableRows(view, place) : await view.rowsOf(place)));
		for (const row of rows) found.push(await instance(view, row));
		level = firstLevelOnly ? [] : rows;
	}
	return found;
}

// The rows of every table below an object, single objects on the way looked into.
async function tableRows(view: View, place: Place): Promise<Place[]> {
	const rows: Place[] = [];
	for (const child of await view.below(place)) {
		if (child.node.path.endsWith('{i}.')) rows.push(child);
		else rows.push(...(await tableRows(view, child)));
	}
	return rows;
}

async function instance(view: View, row: Place): Promise<CurrentInstance> {
	const params = await view.params(row);
	const names = (row.node.provider?.uniqueKeys ?? []).flat();
	const uniqueKeys = Object.fromEntries(
		names.flatMap((name) => {
			const value = params[name];
			return value === undefined ? [] : [[name, textOf(value)]];
		}),
	);
	return { instantiatedObjPath: row.path, uniqueKeys };
}

function hasTables(node: Node): boolean {
	// A row may have none below it and is still an instance of a table.
	return node.row !== undefined || node.path.endsWith('{i}.') || [...node.children.values()].some(hasTables);
}
