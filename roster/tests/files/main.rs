mod hostile;
mod rules;
mod support;
