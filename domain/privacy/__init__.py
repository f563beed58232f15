"""Privacy: what is held of people, a copy of it for whoever it is about, and the end of it.

classes    the words in which a column is classified, and what becomes of a row that names somebody
held       every column of every table: its class, and what becomes of it when a fan leaves
parts      what somebody's download holds, made of `held`
schema     the JSON Schema of a download, made of `held` and of the types of PostgreSQL
leaving    asking to be erased: in one transaction, all that names somebody goes
erasing    erasures under way: who does them next, what was done, the receipt
rows       the rows of somebody who has left, removed or left without a name, some at a time
"""
