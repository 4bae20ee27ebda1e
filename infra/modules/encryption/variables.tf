variable "name" {
  description = "Name of the key."
  type        = string
}

variable "deletion_window_days" {
  description = "Days in which the key's deletion can be taken back."
  type        = number
}
