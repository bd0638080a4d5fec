/** The services that make what ecs-watch needs. `tables`: the rows' own API of Tablestore. */
export type ServiceName = 'ram' | 'tablestore' | 'cms' | 'tables';

/** A call that changes something: by action and parameters, as the models of the official clients name them. */
export interface Call {
  readonly service: ServiceName;
  readonly action: string;
  readonly parameters: Parameters;
}

export type Parameters = { readonly [name: string]: Parameter };
export type Parameter = string | number | boolean | readonly string[] | Parameters;
