import * as real from '../../../shared/tablestore/rows.ts';

export const channelColumns: typeof real.channelColumns = ({ muted: _, ...state }) =>
  real.channelColumns(state);
