import { type Check, findingsOf } from './finding-facts';

/** Whether what is shown are the bundled example data. */
export const exampleData: Check = ({ state: { example } }) =>
  findingsOf(
    'example_data',
    'The data are your own.',
    example
      ? [
          {
            status: 'warn',
            detail: 'What is shown are the bundled example data.',
            fix:
              'Start in the folder that holds your .metaflow, or write flowledger.yaml:\n' +
              'feeds:\n  metaflow:\n    - name: local\n      type: local\n      path: ./.metaflow',
          },
        ]
      : [],
  );
