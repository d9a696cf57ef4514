package dev.tidemark.engine.simulation;

import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Roster;

/**
 * What operations say of membership.
 *
 * @param floor below what heartbeats say that everybody may forget
 */
record Said(Roster roster, Floor floor) {
  static final Said NOTHING = new Said(Roster.EMPTY, Floor.NONE);

  static Said of(Roster roster) {
    return new Said(roster, Floor.NONE);
  }

  Said join(Said other) {
    return new Said(roster.join(other.roster), floor.join(other.floor));
  }
}
