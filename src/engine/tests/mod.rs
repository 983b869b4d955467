// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The engine over a toy world: facts in place of remotes, so that every order of
//! events, every failure and every interruption can be had at will.

mod candidates;
mod checks;
mod deciding;
mod failing;
mod journal_faults;
mod people;
mod planning;
mod recheck;
mod rulings;
mod stage;
mod steps;
mod survival;
mod toy_actions;
mod toy_world;
mod workflow_faults;
