/**
 * As much of the npm package `tablestore` 5.6.5 as the journal uses. The package ships no types,
 * and @types/tablestore 5.1.3 allows calls that fail or corrupt at run time.
 */
declare module 'tablestore' {
  /** An integer on its way out. Coming back, one is an object whose text is the number. */
  export interface Long {
    toString(): string;
  }
  export const Long: { fromString(text: string): Long };

  export interface Infinite {
    readonly infinite: true;
  }
  export const INF_MIN: Infinite;
  export const INF_MAX: Infinite;

  /** One name each: of several names in one object only the first would be kept. */
  export type KeyColumn = Readonly<Record<string, string | Long | Infinite>>;
  export type Column = Readonly<Record<string, string | Long | Buffer>>;

  export class Condition {
    constructor(existence: number, columnCondition: ColumnCondition | null);
  }
  export const RowExistenceExpectation: {
    readonly IGNORE: number;
    readonly EXPECT_EXIST: number;
    readonly EXPECT_NOT_EXIST: number;
  };
  export type ColumnCondition = SingleColumnCondition | CompositeCondition;
  export class SingleColumnCondition {
    constructor(
      column: string,
      value: string | Long,
      comparator: number,
      passIfMissing: boolean,
      latestVersionOnly: boolean,
    );
  }
  export class CompositeCondition {
    constructor(operator: number);
    addSubCondition(condition: ColumnCondition): void;
  }
  export const ComparatorType: {
    readonly EQUAL: number;
    readonly GREATER_THAN: number;
    readonly LESS_THAN: number;
  };
  export const LogicalOperator: { readonly AND: number; readonly OR: number };
  export const Direction: { readonly FORWARD: 'FORWARD'; readonly BACKWARD: 'BACKWARD' };

  export interface Cell {
    readonly columnName: string;
    readonly columnValue: unknown;
    /** When it was written, in milliseconds; an integer as above. */
    readonly timestamp?: Long;
  }
  /** A row that does not exist is an empty object. */
  export interface Row {
    readonly primaryKey?: readonly { readonly name: string; readonly value: unknown }[];
    readonly attributes?: readonly Cell[];
  }
  export interface Charged {
    readonly capacityUnit?: { readonly read?: number; readonly write?: number } | '';
  }
  /** A row of a batch; of one that does not exist, or could not be read, both parts are null. */
  export interface BatchRow extends Charged {
    readonly isOk: boolean;
    readonly primaryKey: Row['primaryKey'] | null;
    readonly attributes: Row['attributes'] | null;
  }
  export interface Answer {
    readonly consumed?: Charged;
    /** Of a batch: the rows of each table, in the order in which they were asked for. */
    readonly tables?: readonly (readonly BatchRow[])[];
    readonly row?: Row;
    readonly rows?: readonly Row[];
    readonly nextStartPrimaryKey?: Row['primaryKey'] | null;
  }

  export interface ClientOptions {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly stsToken?: string;
    readonly endpoint: string;
    readonly instancename: string;
    readonly maxRetries: number;
    readonly httpOptions?: { readonly timeout: number };
  }

  /** A message of protobufjs, in which an enumeration is a number and, as JSON, its name. */
  export interface TableDescription {
    toJSON(): {
      readonly tableMeta: {
        readonly primaryKey: readonly { readonly name: string; readonly type: string }[];
      };
      readonly tableOptions: { readonly timeToLive: number };
    };
  }

  /** A request when it is signed and encoded. */
  export interface WireRequest {
    readonly endpoint: {
      readonly protocol: string;
      readonly hostname: string;
      readonly port: number;
    };
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly body: Uint8Array;
  }
  export interface WireAnswer {
    readonly statusCode: number;
    readonly headers: import('node:http').IncomingHttpHeaders;
    readonly body: Buffer;
  }
  /** The SDK calls the listeners of each step of a request one after the other. */
  export interface Request {
    readonly httpRequest: WireRequest;
    removeAllListeners(step: string): void;
    onAsync(
      step: 'send',
      listener: (
        response: { readonly httpResponse: object },
        done: (error?: Error) => void,
      ) => void,
    ): void;
  }
  export class Client {
    constructor(options: ClientOptions);
    setupRequestListeners(request: Request): void;
    createTable(parameters: object): Promise<Answer>;
    /** What only `npm run setup` and its opposite call. */
    describeTable(parameters: object): Promise<TableDescription>;
    listTable(parameters: object): Promise<{ readonly tableNames?: readonly string[] }>;
    updateTable(parameters: object): Promise<object>;
    deleteTable(parameters: object): Promise<object>;
    getRow(parameters: object): Promise<Answer>;
    batchGetRow(parameters: object): Promise<Answer>;
    putRow(parameters: object): Promise<Answer>;
    updateRow(parameters: object): Promise<Answer>;
    deleteRow(parameters: object): Promise<Answer>;
    getRange(parameters: object): Promise<Answer>;
    /** Called for each request before it is signed; the signature covers `x-ots-` headers only. */
    populateHeader?: (request: {
      readonly httpRequest: { readonly headers: Record<string, string> };
    }) => void;
  }
}
