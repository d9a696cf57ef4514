package dev.tidemark.engine.stability;

/**
 * Why a store cannot go on under its id, as another of its cluster has it: it was retired, or it
 * has operations of a retired member that the others never took and never will, so they can take
 * nothing that it made since. A retirement stands whoever made it: two that retire each other are
 * both retired.
 *
 * @param retirement the fact: who was retired, and by which operation
 * @param taken how many of the retired member's operations the others have
 */
public record Expulsion(Retirement retirement, long taken) {
  /** Whether it is the store itself that was retired, and not one that it has listened to. */
  public boolean isOf(long replica) {
    return retirement.replica() == replica;
  }
}
