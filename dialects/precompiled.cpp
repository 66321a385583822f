//===- precompiled.cpp - carries the headers that are compiled once -------===//
