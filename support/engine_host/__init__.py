"""The application's process: it makes the engine under test, and opens sessions when it is told to.

Runs under the application's interpreter, which knows the standard library, SQLAlchemy and the application, and nothing of
ours but this package. What is seen of the engine is what it does: connections that it asks its event loop for, answers, and
errors.
"""
