/** A pickle that is not plain data within its limits; the message completes "the pickle …". */
export class PickleRefusal extends Error {
  override readonly name = 'PickleRefusal';
}
